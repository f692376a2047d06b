package dev.heed.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The special tokens of a tokenizer, told apart by who spells them: a template means them, a message does not. */
final class Specials {
    private final Map<Character, List<String>> longestFirst = new HashMap<>();
    private final Collection<String> names;

    Specials(Collection<String> names) {
        this.names = names.stream().filter(name -> !name.isEmpty()).toList();
        for (String name : this.names) {
            longestFirst
                    .computeIfAbsent(name.charAt(0), first -> new ArrayList<>())
                    .add(name);
        }
        longestFirst
                .values()
                .forEach(list ->
                        list.sort(Comparator.comparingInt(String::length).reversed()));
    }

    /**
     * What somebody writes, with a guard in every special token that it spells, in whatever case, and at an end where it
     * could make one together with what the template puts there.
     */
    String guarded(String text, char guard) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        if (names.stream().anyMatch(name -> beginsWithItsEnd(text, name))) {
            out.append(guard);
        }
        for (int at = 0; at < text.length(); at++) {
            out.append(text.charAt(at));
            int from = at;
            if (names.stream().anyMatch(name -> begins(text, from, name))) {
                out.append(guard);
            }
        }
        return out.toString();
    }

    private static boolean begins(String text, int at, String name) {
        int length = Math.min(name.length(), text.length() - at);
        return text.regionMatches(true, at, name, 0, length);
    }

    private static boolean beginsWithItsEnd(String text, String name) {
        for (int from = 1; from < name.length(); from++) {
            if (text.regionMatches(true, 0, name, from, name.length() - from)) {
                return true;
            }
        }
        return false;
    }

    /** The special token that begins here and is meant; null where none is. */
    @Nullable
    String meant(String rendered, int at, char guard) {
        for (String name : longestFirst.getOrDefault(rendered.charAt(at), List.of())) {
            int end = at + name.length();
            boolean spelled = name.length() == 1 && end < rendered.length() && rendered.charAt(end) == guard;
            if (rendered.startsWith(name, at) && !spelled) {
                return name;
            }
        }
        return null;
    }

    /**
     * A text for the tokenizer.
     *
     * @param text without marks; the special tokens that are meant bear the names that {@code nameOf} gives them
     * @param spoken from and to of what the assistant says, in code points of {@code text}, in order
     */
    record Named(String text, List<int[]> spoken) {}

    Named named(String rendered, Marks marks, UnaryOperator<String> nameOf) {
        StringBuilder out = new StringBuilder();
        List<int[]> spoken = new ArrayList<>();
        int counted = 0; // letters of out whose code points are in points
        int points = 0;
        for (int at = 0; at < rendered.length(); at++) {
            char letter = rendered.charAt(at);
            if (letter == marks.begins() || letter == marks.ends()) {
                points += out.codePointCount(counted, out.length());
                counted = out.length();
                if (letter == marks.begins()) {
                    spoken.add(new int[] {points, points});
                } else if (!spoken.isEmpty()) {
                    spoken.get(spoken.size() - 1)[1] = points;
                }
                continue;
            }
            String special = meant(rendered, at, marks.guard());
            if (special != null) {
                out.append(nameOf.apply(special));
                at += special.length() - 1;
            } else if (letter != marks.guard()) {
                out.append(letter);
            }
        }
        return new Named(out.toString(), spoken);
    }
}
