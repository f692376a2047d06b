package dev.heed.feedback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A question to a labeler: which of two completions is better? Of more than two: in which order? On axes: how good is each?
 *
 * @param id as the store numbers it, from 1; 0 before it is stored
 * @param round once around the loop, from 1
 * @param more completions beyond the first two
 * @param axes on which each is to be rated; empty where they are compared
 * @param urgency which are asked first: higher first
 */
public record Comparison(
        long id,
        int round,
        Prompt prompt,
        Completion first,
        Completion second,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Completion> more,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> axes,
        double urgency,
        Asking asking) {
    @SuppressWarnings("ConstantValue") // journals from before there were others say nothing
    public Comparison {
        asking = asking == null ? Asking.LOOP : asking;
        more = more == null ? List.of() : List.copyOf(more);
        axes = axes == null ? List.of() : List.copyOf(axes);
        if (more.size() + 2 > Kind.RANKING.most()) {
            throw new IllegalArgumentException(
                    "a comparison has at most %d completions, was %d".formatted(Kind.RANKING.most(), more.size() + 2));
        }
    }

    /** Of two. */
    public Comparison(
            long id, int round, Prompt prompt, Completion first, Completion second, double urgency, Asking asking) {
        this(id, round, prompt, first, second, List.of(), List.of(), urgency, asking);
    }

    /** Of two, and of the loop's own campaign. */
    public Comparison(long id, int round, Prompt prompt, Completion first, Completion second, double urgency) {
        this(id, round, prompt, first, second, urgency, Asking.LOOP);
    }

    /**
     * Of all that differ: which of two equal texts is better is no question to people.
     *
     * @param axes empty where they are compared rather than rated
     * @return empty where fewer than two differ
     */
    public static Optional<Comparison> among(
            int round, Prompt prompt, List<Completion> completions, List<String> axes, Asking asking) {
        Map<String, Completion> byText = new LinkedHashMap<>();
        completions.forEach(completion -> byText.putIfAbsent(completion.text(), completion));
        List<Completion> all = List.copyOf(byText.values());
        return all.size() < 2
                ? Optional.empty()
                : Optional.of(new Comparison(
                        0, round, prompt, all.get(0), all.get(1), all.subList(2, all.size()), axes, 0, asking));
    }

    /** All of them, the first first. */
    public List<Completion> completions() {
        return Stream.concat(Stream.of(first, second), more.stream()).toList();
    }

    /** Their texts, in the same order. */
    public List<String> texts() {
        return completions().stream().map(Completion::text).toList();
    }

    /** What is asked for. */
    public Kind kind() {
        return form().kind();
    }

    /** What an answer must look like. */
    public Form form() {
        return new Form(2 + more.size(), axes);
    }

    /** Every two of its completions as a comparison of their own: of a pair, itself; of a rating, none. */
    public List<Comparison> pairs() {
        return switch (kind()) {
            case PAIR -> List.of(this);
            case RANKING -> everyTwo();
            case RATING -> List.of();
        };
    }

    private List<Comparison> everyTwo() {
        List<Completion> all = completions();
        List<Comparison> pairs = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                pairs.add(new Comparison(id, round, prompt, all.get(i), all.get(j), urgency, asking));
            }
        }
        return pairs;
    }

    /** The same question with its first and second in each other's place. */
    public Comparison swapped() {
        return new Comparison(id, round, prompt, /* first= */ second, /* second= */ first, more, axes, urgency, asking);
    }

    /** The same question under another number. */
    public Comparison with(long number) {
        return new Comparison(number, round, prompt, first, second, more, axes, urgency, asking);
    }

    /** The same question, asked for something else. */
    public Comparison with(Asking other) {
        return new Comparison(id, round, prompt, first, second, more, axes, urgency, other);
    }

    /** The same question about a prompt as the store has it. */
    public Comparison with(Prompt stored) {
        return new Comparison(id, round, stored, first, second, more, axes, urgency, asking);
    }
}
