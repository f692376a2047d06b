package dev.heed.eval.report;

import java.util.List;

/**
 * A plot with its title, a caption in plain words and its numbers as a table that opens.
 *
 * @param columns heads of the table
 * @param rows of the table; none leave the table out
 */
record Figure(
        String title,
        String unit,
        Html legend,
        Html plot,
        String caption,
        List<String> columns,
        List<List<String>> rows) {
    Html html() {
        return Html.of(
                """
                <figure class="card">
                <h3>{} <small>{}</small></h3>
                {}{}
                <figcaption>{}</figcaption>
                {}
                </figure>""",
                title,
                unit,
                legend,
                plot,
                caption,
                rows.isEmpty() ? Html.NOTHING : numbers());
    }

    private Html numbers() {
        return Html.of(
                "<details><summary>Numbers</summary><div class=\"wide\">{}</div></details>",
                table(title, columns, rows));
    }

    /** A table of text; the first column heads its rows. */
    static Html table(String caption, List<String> columns, List<List<String>> rows) {
        return Html.of(
                "<table class=\"numbers\"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
                caption,
                columns.stream()
                        .map(c -> Html.of("<th scope=\"col\">{}</th>", c))
                        .toList(),
                rows.stream().map(Figure::row).toList());
    }

    private static Html row(List<String> cells) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th>{}</tr>",
                cells.get(0),
                cells.stream().skip(1).map(c -> Html.of("<td>{}</td>", c)).toList());
    }
}
