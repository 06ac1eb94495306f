extension Plot {
    /// Returns the picture as an SVG file of its own, with style and background: legible on a light and on a dark page,
    /// also where the page shows it as an image.
    package func file(width: Int = 720, height: Int = 400) -> String {
        let picture = svg(width: width, height: height)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)">
            <style>
            \(PlotStyle.css).plot-background { fill: var(--plot-surface); }
            </style>
            <rect class="plot-background" width="\(width)" height="\(height)" rx="8"/>
            \(picture)</svg>

            """
    }
}
