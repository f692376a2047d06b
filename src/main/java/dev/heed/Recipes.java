package dev.heed;

import dev.heed.run.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Named option files: {@code @laptop} is recipes/laptop.args of Heed itself, {@code @path/to/file.args} anyone's. Words
 * are separated by blanks or line ends, quoted where they hold blanks; {@code #} begins a comment.
 */
final class Recipes {
    private static final Pattern WORD = Pattern.compile("#[^\\n]*|((?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+)");

    private Recipes() {}

    /**
     * The words with each recipe in place of its name, before all others: what is typed wins over what a recipe says.
     *
     * @throws UserError if there is no such recipe
     */
    static List<String> expand(List<String> words) {
        List<String> expanded = new ArrayList<>();
        words.stream().filter(Recipes::names).forEach(word -> expanded.addAll(words(text(word.substring(1)))));
        words.stream().filter(word -> !names(word)).forEach(expanded::add);
        return expanded;
    }

    private static boolean names(String word) {
        return word.length() > 1 && word.startsWith("@");
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (Matcher matcher = WORD.matcher(text); matcher.find(); ) {
            if (matcher.group(1) != null) {
                words.add(matcher.group(1).replaceAll("[\"']", ""));
            }
        }
        return words;
    }

    private static String text(String name) {
        try (InputStream own = Recipes.class.getResourceAsStream("/recipes/" + name + ".args")) {
            if (own != null) {
                return new String(own.readAllBytes(), StandardCharsets.UTF_8);
            }
            Path file = Path.of(name);
            if (!Files.isRegularFile(file)) {
                throw new UserError("no recipe @%s: neither one of Heed's own nor a file".formatted(name));
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read recipe " + name, e);
        }
    }
}
