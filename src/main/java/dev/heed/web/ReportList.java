package dev.heed.web;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pages that commands of a home wrote about its models: the demo's report, comparisons of methods, studies, exams, what was
 * foretold. Each is one file that runs no script and asks nothing of anyone.
 */
record ReportList(Path home) {
    /** What a browser lets such a page do: look as it does. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final List<String> FOLDERS = List.of("", "exams", "scale");
    private static final String SUFFIX = ".html";
    private static final Pattern TITLE = Pattern.compile("<title>([^<]*)</title>");
    private static final int HEAD = 4096; // bytes of a page that its title is looked for in

    /**
     * A page.
     *
     * @param name of its folder and its file, as "exams.talk"
     * @param made when it was written last
     */
    record Report(String name, String title, Instant made) {}

    /** All of them, the newest first. */
    List<Report> reports() {
        return files().entrySet().stream()
                .map(file -> report(file.getKey(), file.getValue()))
                .sorted(Comparator.comparing(Report::made).reversed().thenComparing(Report::name))
                .toList();
    }

    boolean has(String name) {
        return files().containsKey(name);
    }

    private Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        for (String folder : FOLDERS) {
            Path dir = home.resolve(folder);
            if (Files.isDirectory(dir)) {
                try (Stream<Path> all = Files.list(dir)) {
                    all.filter(file -> file.toString().endsWith(SUFFIX)).forEach(file -> {
                        String stem = file.getFileName().toString().replace(SUFFIX, "");
                        files.put(folder.isEmpty() ? stem : folder + "." + stem, file);
                    });
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot list " + dir, e);
                }
            }
        }
        return files;
    }

    private static Report report(String name, Path file) {
        try {
            return new Report(name, title(file), Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Its title as text; its file's name where it has none. */
    private static String title(Path file) throws IOException {
        Matcher title = TITLE.matcher(head(file));
        return title.find()
                ? title.group(1)
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&#39;", "'")
                        .replace("&amp;", "&")
                : String.valueOf(file.getFileName());
    }

    private static String head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
        }
    }

    /**
     * Answers with a page: one of the list, so no name leads elsewhere.
     *
     * @throws NotFoundResponse if there is none of this name
     */
    void answer(Context ctx, String name) {
        Path file = files().get(name);
        if (file == null) {
            throw new NotFoundResponse("there is no report '%s'; /api/reports lists them".formatted(name));
        }
        try {
            ctx.header("Content-Security-Policy", POLICY);
            ctx.contentType("text/html; charset=utf-8").result(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
