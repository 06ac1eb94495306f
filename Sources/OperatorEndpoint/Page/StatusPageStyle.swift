/// How a status page looks: light and dark, from a phone's width up, no resource from anywhere.
enum StatusPageStyle {
    static let text = """
        :root {
          color-scheme: light dark;
          --ground: #f4f6f8; --card: #fff; --line: #dde3ea; --text: #16202b; --quiet: #5a6878;
          --accent: #0b6e8f; --good: #18794e; --warning: #946200; --bad: #c0322b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0e141b; --card: #171f29; --line: #2a3644; --text: #e7edf4; --quiet: #93a3b5;
            --accent: #4fb6d6; --good: #4cc38a; --warning: #e2a336; --bad: #ff7a70;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 1.5rem 1.25rem 2rem; max-width: 72rem;
          background: var(--ground); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
        }
        header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin-bottom: 1.25rem; }
        .product {
          flex-basis: 100%; margin: 0; font-size: .75rem; font-weight: 650; letter-spacing: .12em;
          text-transform: uppercase; color: var(--accent);
        }
        h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
        h2 { margin: 0; font-size: 1rem; font-weight: 650; }
        .details { flex-basis: 100%; margin: 0; color: var(--quiet); }
        .details span:not(:last-child)::after { content: " · "; }
        .badge {
          padding: .1rem .65rem; border-radius: 1rem; font-size: .8rem; font-weight: 600;
          color: var(--tone); border: 1px solid var(--tone); white-space: nowrap;
        }
        .good { --tone: var(--good); } .warning { --tone: var(--warning); }
        .bad { --tone: var(--bad); } .neutral { --tone: var(--quiet); }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 0; }
        .facts div, section {
          background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
        }
        .facts div { padding: .7rem .9rem; }
        dt { font-size: .8rem; color: var(--quiet); }
        dd { margin: 0; font-size: 1.35rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        dd small { display: block; min-height: 1.2em; font-size: .78rem; font-weight: 400; color: var(--quiet); }
        main { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
        section { padding: 1rem 1.1rem; min-width: 0; }
        .note { margin: .1rem 0 0; font-size: .85rem; color: var(--quiet); }
        .figure { margin-top: .5rem; }
        .figure.narrow { display: none; }
        table { width: 100%; margin-top: .5rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        thead th { font-size: .78rem; font-weight: 500; color: var(--quiet); }
        th, td { padding: .42rem .5rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: baseline; }
        th:first-child { padding-left: 0; } td:last-child, th:last-child { padding-right: 0; }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody th { font-weight: 600; overflow-wrap: anywhere; }
        .number { text-align: right; }
        .state { white-space: nowrap; }
        .state::before {
          content: ""; display: inline-block; width: .55em; height: .55em; margin-right: .45em; border-radius: 50%;
          background: var(--tone);
        }
        footer {
          display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1rem; font-size: .8rem; color: var(--quiet);
        }
        a { color: var(--accent); }
        @media (max-width: 46rem) {
          body { padding: 1rem .8rem 1.5rem; }
          .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
          section { padding: .8rem .85rem; }
          .figure.narrow { display: block; }
          .figure.wide { display: none; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table, tbody, tbody th, td { display: block; }
          tbody tr {
            display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .3rem .8rem;
            padding: .65rem 0; border-bottom: 1px solid var(--line);
          }
          tbody tr:last-child { border-bottom: 0; padding-bottom: 0; }
          tbody th { grid-column: 1 / -1; }
          tr:has(.stated) th { grid-column: 1 / 3; }
          .stated { grid-row: 1; grid-column: 3; }
          tbody th, td, .number { padding: 0; border: 0; text-align: left; }
          td::before { content: attr(data-label); display: block; color: var(--quiet); font-size: .75rem; line-height: 1.3; }
          .stated::before { content: none; }
        }

        """
}
