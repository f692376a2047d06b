package dev.heed.world;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One sentence form that both writes and reads: "[Then|At last], the {c} slept." has a choice of two and a slot. What it
 * writes, it reads back, so text and judge cannot drift apart. A slot that stands in two branches of a choice needs two
 * names.
 */
final class Form {
    private interface Part {
        void write(StringBuilder out, RandomGenerator random, Map<String, String> slots);

        void regex(StringBuilder out, Set<String> seen);
    }

    private final Part root;
    private final Pattern pattern;
    private final Set<String> names = new HashSet<>();
    private final Map<String, List<String>> words;

    /**
     * @param text with choices in brackets and slots in braces
     * @param words what may stand in each slot
     */
    Form(String text, Map<String, List<String>> words) {
        this.words = words;
        this.root = new Parser(text).sequence();
        StringBuilder regex = new StringBuilder();
        root.regex(regex, names);
        this.pattern = Pattern.compile(regex.toString());
    }

    /** A sentence; slots not given, and all choices, are drawn. */
    String write(RandomGenerator random, Map<String, String> given) {
        StringBuilder out = new StringBuilder();
        root.write(out, random, new HashMap<>(given));
        return out.toString();
    }

    /** The slots of a whole sentence of this form; empty where it is none. */
    Optional<Map<String, String>> read(CharSequence sentence) {
        Matcher matcher = pattern.matcher(sentence);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> slots = new HashMap<>();
        for (String name : names) {
            String word = matcher.group(name);
            if (word != null) {
                slots.put(name, word);
            }
        }
        return Optional.of(slots);
    }

    private record Text(String text) implements Part {
        @Override
        public void write(StringBuilder out, RandomGenerator random, Map<String, String> slots) {
            out.append(text);
        }

        @Override
        public void regex(StringBuilder out, Set<String> seen) {
            out.append(Pattern.quote(text));
        }
    }

    private record Slot(String name, List<String> words) implements Part {
        @Override
        public void write(StringBuilder out, RandomGenerator random, Map<String, String> slots) {
            out.append(slots.computeIfAbsent(name, n -> words.get(random.nextInt(words.size()))));
        }

        @Override
        public void regex(StringBuilder out, Set<String> seen) {
            out.append(seen.add(name) ? "(?<" + name + ">" + String.join("|", words) + ")" : "\\k<" + name + ">");
        }
    }

    private record Sequence(List<Part> parts) implements Part {
        @Override
        public void write(StringBuilder out, RandomGenerator random, Map<String, String> slots) {
            parts.forEach(part -> part.write(out, random, slots));
        }

        @Override
        public void regex(StringBuilder out, Set<String> seen) {
            parts.forEach(part -> part.regex(out, seen));
        }
    }

    private record Choice(List<Part> options) implements Part {
        @Override
        public void write(StringBuilder out, RandomGenerator random, Map<String, String> slots) {
            options.get(random.nextInt(options.size())).write(out, random, slots);
        }

        @Override
        public void regex(StringBuilder out, Set<String> seen) {
            Set<String> before = Set.copyOf(seen);
            for (int i = 0; i < options.size(); i++) {
                Set<String> within = new HashSet<>(before);
                out.append(i == 0 ? "(?:" : "|");
                options.get(i).regex(out, within);
                within.removeAll(before);
                for (String name : within) {
                    if (!seen.add(name)) {
                        throw new IllegalArgumentException("slot {%s} stands in two branches".formatted(name));
                    }
                }
            }
            out.append(')');
        }
    }

    private final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Part sequence() {
            List<Part> parts = new ArrayList<>();
            while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ']') {
                parts.add(part());
            }
            return new Sequence(parts);
        }

        private Part part() {
            char c = text.charAt(at);
            if (c == '[') {
                return choice();
            }
            if (c == '{') {
                int end = text.indexOf('}', at);
                String name = text.substring(at + 1, end);
                at = end + 1;
                List<String> options = words.get(name);
                if (options == null) {
                    throw new IllegalArgumentException("no words for slot {%s} in \"%s\"".formatted(name, text));
                }
                return new Slot(name, options);
            }
            int start = at;
            while (at < text.length() && "[]{|".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return new Text(text.substring(start, at));
        }

        private Part choice() {
            List<Part> options = new ArrayList<>();
            do {
                at++;
                options.add(sequence());
            } while (text.charAt(at) == '|');
            at++;
            return new Choice(options);
        }
    }
}
