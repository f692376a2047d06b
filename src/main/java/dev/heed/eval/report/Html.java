package dev.heed.eval.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Markup that is safe to put on a page: the only way to make it escapes everything that is not markup already. */
record Html(String markup) {
    static final Html NOTHING = new Html("");

    /**
     * A template of our own with one value for each {@code {}}: {@code Html} and lists of it go in as they are, anything else
     * as escaped text.
     */
    static Html of(String template, Object... values) {
        List<String> parts = new ArrayList<>(List.of(template.split("\\{}", -1)));
        if (parts.size() != values.length + 1) {
            throw new IllegalArgumentException(
                    "one value per {}: got %d, %d values".formatted(parts.size() - 1, values.length));
        }
        StringBuilder all = new StringBuilder(parts.get(0));
        for (int i = 0; i < values.length; i++) {
            all.append(markupOf(values[i])).append(parts.get(i + 1));
        }
        return new Html(all.toString());
    }

    static Html join(Collection<Html> parts) {
        return new Html(parts.stream().map(Html::markup).collect(Collectors.joining("\n")));
    }

    private static String markupOf(Object value) {
        if (value instanceof Html html) {
            return html.markup;
        }
        if (value instanceof Collection<?> parts) {
            return parts.stream().map(Html::markupOf).collect(Collectors.joining("\n"));
        }
        return escape(String.valueOf(value));
    }

    /** Text that is inert inside an element or a quoted attribute; what HTML cannot hold becomes U+FFFD. */
    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isText(c) ? c : 0xFFFD);
            }
        });
        return safe.toString();
    }

    private static boolean isText(int c) {
        boolean control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F);
        boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
        return !control && !surrogate;
    }
}
