package dev.heed.serve;

import dev.heed.sample.Token;
import dev.heed.text.Tokenizer;
import dev.heed.web.ModelHost.Ending;
import dev.heed.web.ModelHost.Piece;
import dev.heed.web.ModelHost.Told;
import dev.heed.web.ModelHost.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The text of one completion, told piece by piece as its tokens come. What may still change is held back: part of a
 * character, and what may become a stop. The pieces together are the text up to the first stop.
 */
final class Growth {
    private static final char PART = '\uFFFD'; // what bytes become that are no whole character

    private final int number;
    private final Function<int[], String> text;
    private final List<String> stops;
    private final Tokenizer tokenizer;
    private int[] ids = {};
    private String all = "";
    private int sent; // characters
    private List<Told> held = new ArrayList<>();
    private boolean over;

    /**
     * A completion without tokens.
     *
     * @param text of ids; that of more ids begins with that of fewer
     */
    Growth(int number, Function<int[], String> text, List<String> stops, Tokenizer tokenizer) {
        this.number = number;
        this.text = text;
        this.stops = stops;
        this.tokenizer = tokenizer;
    }

    /** Whether it has come to its end: what comes then is not heard. */
    boolean isOver() {
        return over;
    }

    /**
     * Hears one more token.
     *
     * @param ended whether it is the one that ends the completion, which is no text
     * @param last whether no other follows
     * @return what can be told now
     */
    Optional<Piece> add(Token token, boolean ended, boolean last) {
        if (!ended) {
            int offset = whole(all);
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = token.id();
            if (token.likeliest() != null) {
                held.add(told(token.id(), token.likeliest(), offset));
            }
            all = text.apply(ids);
        }
        OptionalInt stop = stops.stream()
                .mapToInt(one -> all.indexOf(one, sent))
                .filter(at -> at >= 0)
                .min();
        if (stop.isPresent()) {
            return Optional.of(end(all.substring(0, stop.getAsInt()), Ending.STOP));
        }
        if (last) {
            return Optional.of(end(all, ended ? Ending.STOP : Ending.LENGTH));
        }
        int safe = whole(all) - beginningOfStop(all.substring(0, whole(all)));
        if (safe <= sent) {
            return Optional.empty();
        }
        String piece = all.substring(sent, safe);
        sent = safe;
        return Optional.of(new Piece(number, piece, release(safe), null));
    }

    private Piece end(String said, Ending ending) {
        over = true;
        // A template that closes answers with several tokens may take back what they said.
        String rest = said.substring(Math.min(sent, said.length()));
        return new Piece(number, rest, release(ending == Ending.LENGTH ? Integer.MAX_VALUE : said.length()), ending);
    }

    /** The tokens that begin before that place, held until now. */
    private List<Told> release(int before) {
        List<Told> released =
                held.stream().filter(told -> told.offset() < before).toList();
        held = new ArrayList<>(held.subList(released.size(), held.size()));
        return released;
    }

    /** How many characters are whole: all but the last ones that are parts of one. */
    private static int whole(String said) {
        int end = said.length();
        while (end > 0 && said.charAt(end - 1) == PART) {
            end--;
        }
        return end;
    }

    /** How many characters at the end may become a stop. */
    private int beginningOfStop(String said) {
        return stops.stream()
                .mapToInt(stop -> IntStream.iterate(Math.min(stop.length() - 1, said.length()), n -> n > 0, n -> n - 1)
                        .filter(n -> said.endsWith(stop.substring(0, n)))
                        .findFirst()
                        .orElse(0))
                .max()
                .orElse(0);
    }

    private Told told(int id, Token.Likeliest likeliest, int offset) {
        List<Word> others = IntStream.range(0, likeliest.ids().length)
                .mapToObj(i -> word(likeliest.ids()[i], likeliest.logProbs()[i]))
                .toList();
        return new Told(word(id, likeliest.logProb()), offset, others);
    }

    private Word word(int id, float logProb) {
        byte[] bytes = tokenizer.bytes(id);
        List<Integer> values =
                IntStream.range(0, bytes.length).mapToObj(i -> bytes[i] & 0xFF).toList();
        return new Word(tokenizer.shown(id), values, logProb);
    }
}
