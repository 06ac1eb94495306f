extension ReportPage {
    /// The page's own rules; colours of text and surfaces are those of the plots.
    static let css = """
        :root { --page: #f4f6f9; --accent: #0067b1; --accent-soft: #e3f0fa; }
        @media (prefers-color-scheme: dark) { :root { --page: #0d1117; --accent: #58b0f2; --accent-soft: #12283a; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--plot-ink); font: 16px/1.55 system-ui, -apple-system,
          "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
        header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
        header { padding-top: 44px; }
        .eyebrow { margin: 0; color: var(--accent); font-size: .8rem; font-weight: 600; letter-spacing: .04em; }
        h1 { margin: 2px 0 6px; font-size: clamp(1.9rem, 5vw, 2.6rem); line-height: 1.15; letter-spacing: -.02em;
          overflow-wrap: anywhere; }
        .lead { margin: 0 0 12px; color: var(--plot-muted); font-size: 1.05rem; }
        .state { display: inline-block; margin: 0 0 22px; padding: 3px 12px; border-radius: 999px; font-size: .875rem;
          font-weight: 500; color: var(--accent); background: var(--accent-soft); }
        section { margin: 0 0 40px; }
        h2 { margin: 0 0 12px; font-size: 1.3rem; letter-spacing: -.01em; }
        h3 { margin: 0; font-size: .95rem; font-weight: 600; }
        .note { margin: -8px 0 14px; max-width: 88ch; color: var(--plot-muted); font-size: .925rem; }
        .advice { margin: 0 0 14px; padding: 10px 16px; max-width: 88ch; border-left: 4px solid var(--plot-ink);
          background: var(--plot-surface); font-size: .925rem; overflow-wrap: anywhere; }
        .figures { display: flex; flex-wrap: wrap; gap: 1px; margin: 0;
          background: var(--plot-grid); border: 1px solid var(--plot-grid); border-radius: 12px; overflow: hidden; }
        .figures div { flex: 1 1 220px; min-width: 0; padding: 14px 18px 12px; background: var(--plot-surface); }
        .figures dt { color: var(--plot-muted); font-size: .8rem; }
        .figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.3; letter-spacing: -.01em;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .figures small { display: block; color: var(--plot-muted); font-size: .78rem; font-weight: 400;
          letter-spacing: 0; }
        .pair { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
        figure, .card { margin: 0 0 16px; padding: 18px 20px 14px; background: var(--plot-surface);
          border: 1px solid var(--plot-grid); border-radius: 12px; }
        .pair figure { margin: 0; display: flex; flex-direction: column; }
        figcaption { margin-bottom: 10px; }
        figcaption p { margin: 2px 0 0; color: var(--plot-muted); font-size: .85rem; line-height: 1.45; }
        .pair details { margin-top: auto; }
        details { padding-top: 8px; font-size: .85rem; }
        summary { width: fit-content; color: var(--plot-muted); cursor: pointer; }
        summary:hover { color: var(--accent); }
        .table { overflow: auto; max-height: 420px; margin-top: 6px; }
        .card .table { max-height: none; margin: -6px 0 0; }
        table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
        th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--plot-grid); text-align: left;
          font-weight: 400; }
        thead th { color: var(--plot-muted); font-size: .8rem; white-space: nowrap; }
        tbody th { white-space: nowrap; }
        tbody tr:last-child > * { border-bottom: 0; }
        th.number, td.number { text-align: right; padding: 6px 0 6px 12px; }
        td.number + td:not(.number), th.number + th:not(.number) { padding-left: 24px; }
        .facts { display: grid; grid-template-columns: minmax(0, 1fr); margin: 0; }
        .facts div { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0 12px; padding: 5px 0; }
        .facts dt { color: var(--plot-muted); font-size: .875rem; }
        .facts dd { margin: 0; font-size: .875rem; overflow-wrap: anywhere; }
        footer { padding-bottom: 48px; color: var(--plot-muted); font-size: .85rem; }
        .wide { display: none; }
        @media (max-width: 480px) {
          header, main, footer { padding-left: 14px; padding-right: 14px; } header { padding-top: 28px; }
          .figures div { flex-basis: 130px; padding: 10px 14px; } .figures dd { font-size: 1.25rem; }
          figure, .card { padding: 14px 14px 10px; } .facts div { grid-template-columns: 6.5rem minmax(0, 1fr); }
        }
        @media (min-width: 760px) {
          .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .narrow { display: none; } .wide { display: block; }
          .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 32px; }
        }
        @media print { body { background: none; } figure, .card, .figures { break-inside: avoid; }
          details { display: none; } }

        """
}
