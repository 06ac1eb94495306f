/// The style of every plot, once a page.
package enum PlotStyle {
    /// Rules for the classes that plots use, and the colours as variables of `:root`, for a light and a dark page.
    ///
    /// The colours of series are told apart by people of every colour vision, and each series has a mark or a dash
    /// of its own beside.
    ///
    /// - SeeAlso: Okabe and Ito, Color Universal Design (2008), the palette that these are near; darkened or
    ///   lightened for contrast with the page.
    package static let css = """
        :root { color-scheme: light dark; --plot-ink: #1d2430; --plot-muted: #5a6474; --plot-grid: #e3e7ed;
          --plot-line: #98a2b0; --plot-surface: #ffffff; --plot-0: #0067b1; --plot-1: #c65200; --plot-2: #00805c;
          --plot-3: #9b4f8b; --plot-4: #8a6d00; --plot-5: #4c5868; }
        @media (prefers-color-scheme: dark) { :root { --plot-ink: #e8ecf2; --plot-muted: #9aa5b5;
          --plot-grid: #2b3340; --plot-line: #5d6878; --plot-surface: #161b22; --plot-0: #58b0f2;
          --plot-1: #ff9a4d; --plot-2: #35c795; --plot-3: #dc94cc; --plot-4: #e3c23c; --plot-5: #aab4c2; } }
        svg.plot { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI",
          Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
        .plot text { fill: var(--plot-muted); }
        .plot text.plot-ink { fill: var(--plot-ink); }
        .plot-grid { stroke: var(--plot-grid); stroke-width: 1; }
        .plot-line { stroke: var(--plot-line); stroke-width: 1; }
        .plot-series-0 { --plot-color: var(--plot-0); } .plot-series-1 { --plot-color: var(--plot-1); }
        .plot-series-2 { --plot-color: var(--plot-2); } .plot-series-3 { --plot-color: var(--plot-3); }
        .plot-series-4 { --plot-color: var(--plot-4); } .plot-series-5 { --plot-color: var(--plot-5); }
        .plot-curve { fill: none; stroke: var(--plot-color); stroke-width: 1.8; stroke-linejoin: round; }
        .plot-curve.plot-series-1 { stroke-dasharray: 5 4; } .plot-curve.plot-series-2 { stroke-dasharray: 2 3; }
        .plot-curve.plot-series-3 { stroke-dasharray: 9 3; } .plot-curve.plot-series-4 { stroke-dasharray: 9 3 2 3; }
        .plot-curve.plot-series-5 { stroke-dasharray: 1 4; }
        .plot-bar { fill: var(--plot-color); }
        .plot-mark { fill: var(--plot-color); stroke: var(--plot-surface); stroke-width: 1; }
        .plot-flag { fill: none; stroke: var(--plot-ink); stroke-width: 1.4; }
        .plot-mark.plot-hollow { fill: var(--plot-surface); stroke: var(--plot-color); stroke-width: 1.8; }

        """
}
