package dev.heed.text;

import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Text to test on: awkward by hand, and plenty by seed. */
final class Texts {
    static final List<String> AWKWARD = List.of(
            "",
            " ",
            "   ",
            "\n\n",
            "\t \r\n x",
            "Hello  world ",
            "I'm sure they'd've said: it's 'RE, we'll see'",
            "naïve café — déjà vu…",
            "Ünïcödé ß ﬁ ½ Ⅷ ٣٤",
            "日本語のテキスト、そして漢字。",
            "👩‍👩‍👧 family 👍🏽 flags 🇩🇪",
            "e\u0301 combining, \u00a0nbsp\u00a0 \u3000wide \u2028line",
            "tab\u0000nul\u0007bell",
            "x".repeat(700),
            "<|end|> is only text, <|pad|><|begin|>",
            "a<|user|>b");

    private static final String[] SUBJECTS = {"The fox", "A small owl", "My neighbour", "The moon", "Every otter"};
    private static final String[] VERBS = {"likes", "cannot see", "remembers", "is afraid of", "sings about"};
    private static final String[] OBJECTS = {"the river", "red apples", "seven stones", "a quiet winter", "its friends"
    };

    private Texts() {}

    /** Sentences of a small vocabulary, {@code letters} long or slightly more. */
    static List<String> sentences(long seed, int letters) {
        List<String> texts = new ArrayList<>();
        SplittableRandom random = Draws.of(seed, "sentences", 0);
        for (int total = 0;
                total < letters;
                total += texts.get(texts.size() - 1).length()) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                text.append(pick(random, SUBJECTS))
                        .append(' ')
                        .append(pick(random, VERBS))
                        .append(' ');
                text.append(pick(random, OBJECTS)).append(random.nextInt(5) == 0 ? "!\n" : ". ");
                text.append("Word").append(word(random)).append(' ');
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static String word(SplittableRandom random) {
        int number = random.nextInt(2000);
        StringBuilder word = new StringBuilder();
        for (; number > 0; number /= 12) {
            word.append("aeioublmnrst".charAt(number % 12));
        }
        return word.toString();
    }

    private static String pick(SplittableRandom random, String[] from) {
        return from[random.nextInt(from.length)];
    }
}
