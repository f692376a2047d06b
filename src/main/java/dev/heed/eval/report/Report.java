package dev.heed.eval.report;

import dev.heed.feedback.Hashes;
import dev.heed.run.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The report: one HTML file that asks nothing of anyone, neither network nor scripts, and says in plain words whether the
 * model got better, at what price, and how that was measured.
 */
public final class Report {
    private Report() {}

    /** Writes the page, whole or not at all; makes the folder where it is missing. */
    public static void write(Path file, ReportData data) {
        Json.replace(file, page(data).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    public static String page(ReportData data) {
        return page(data.title(), Opening.of(data), sections(data));
    }

    /** What a browser lets the page do: use its own style sheet, and nothing else. */
    public static String policy() {
        byte[] digest = Hashes.sha256().digest(style().getBytes(StandardCharsets.UTF_8));
        return "default-src 'none'; style-src 'sha256-%s'"
                .formatted(Base64.getEncoder().encodeToString(digest));
    }

    /** A page of sections under an opening. */
    static String page(String title, Html opening, List<Section> sections) {
        return Html.of(
                        """
                        <!doctype html>
                        <html lang="en">
                        <head>
                        <meta charset="utf-8">
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark">
                        <meta http-equiv="Content-Security-Policy" content="{}">
                        <title>{}</title>
                        <style>{}</style>
                        </head>
                        <body>
                        <main>
                        {}
                        {}
                        {}
                        </main>
                        </body>
                        </html>
                        """,
                        policy(),
                        title,
                        new Html(style()),
                        opening,
                        sections.size() > 1 ? contents(sections) : Html.NOTHING,
                        sections.stream().map(Section::html).toList())
                .markup();
    }

    private static Html contents(List<Section> sections) {
        return Html.of(
                "<nav aria-label=\"Sections\"><ul>{}</ul></nav>",
                sections.stream()
                        .map(s -> Html.of("<li><a href=\"#{}\">{}</a></li>", s.id(), s.heading()))
                        .toList());
    }

    private static List<Section> sections(ReportData data) {
        List<Section> sections = new ArrayList<>();
        List.of(
                        LoopPicture.of(data),
                        Samples.of(data),
                        ModelTable.of(data),
                        Price.of(data),
                        RewardSection.of(data),
                        FrontierSection.of(data),
                        CurveSection.of(data),
                        Optional.of(Ending.of(data)))
                .forEach(s -> s.ifPresent(sections::add));
        return sections;
    }

    private static String style() {
        try (InputStream style = Report.class.getResourceAsStream("report.css")) {
            if (style == null) {
                throw new IllegalStateException("report.css is missing beside " + Report.class.getName());
            }
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
