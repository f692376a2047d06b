package dev.heed.eval.report;

import java.util.List;

/**
 * A part of the page.
 *
 * @param id its anchor
 * @param lead what the reader should look for, in plain words
 */
record Section(String id, String heading, Html lead, List<Html> body) {
    Html html() {
        return Html.of(
                """
                <section id="{}" aria-labelledby="{}-heading">
                <h2 id="{}-heading">{}</h2>
                <p class="lead">{}</p>
                {}
                </section>""",
                id,
                id,
                id,
                heading,
                lead,
                body);
    }
}
