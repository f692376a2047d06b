package dev.heed;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How stories for small children begin: first sentences of neutral mood, in the words of the TinyStories that the checkpoint
 * learned from. The held-out ones differ from all others by their hash, as every prompt's.
 */
final class Openings {
    private static final String KIND = "story";

    private static final List<String> GIRLS = List.of("Lily", "Lucy", "Mia", "Anna", "Sue", "Sara", "Amy", "Jane");
    private static final List<String> BOYS = List.of("Tim", "Ben", "Tom", "Max", "Sam", "Jack", "Bob", "Leo");
    private static final List<String> ANIMALS =
            List.of("cat", "dog", "bird", "fish", "bear", "rabbit", "frog", "mouse", "duck", "fox");
    private static final List<String> PLACES =
            List.of("park", "house", "garden", "forest", "kitchen", "store", "beach", "farm");
    private static final List<String> THINGS =
            List.of("ball", "box", "car", "book", "hat", "tree", "rock", "stick", "door", "leaf");

    private Openings() {}

    /** So many openings at most, of both splits, in an order of their own. */
    static List<Prompt> some(int count) {
        List<String> all = all();
        return Arrays.stream(Draws.permutation(all.size(), 0, "openings", 0))
                .limit(count)
                .mapToObj(all::get)
                .map(text -> Prompt.ofText(text, KIND, Split.of(text)))
                .toList();
    }

    private static List<String> all() {
        List<String> all = new ArrayList<>();
        for (String name : GIRLS) {
            all.add("Once upon a time, there was a little girl named %s.".formatted(name));
            told(all, name, "She");
        }
        for (String name : BOYS) {
            all.add("Once upon a time, there was a little boy named %s.".formatted(name));
            told(all, name, "He");
        }
        for (String animal : ANIMALS) {
            for (String place : PLACES) {
                all.add("Once upon a time, there was a %s who lived near a %s.".formatted(animal, place));
                all.add("One day, a %s went to the %s.".formatted(animal, place));
            }
        }
        return all;
    }

    private static void told(List<String> all, String name, String pronoun) {
        PLACES.forEach(place -> all.add("One day, %s went to the %s.".formatted(name, place)));
        THINGS.forEach(thing -> all.add("%s had a %s.".formatted(name, thing)));
        THINGS.forEach(thing -> all.add("One day, %s saw a %s. %s looked at it.".formatted(name, thing, pronoun)));
        Stream.concat(GIRLS.stream(), BOYS.stream())
                .filter(friend -> friend.compareTo(name) > 0)
                .forEach(friend -> all.add("%s and %s were in the %s."
                        .formatted(name, friend, PLACES.get((name.length() + friend.hashCode() % 5 + 5) % 8))));
    }
}
