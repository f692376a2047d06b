package dev.heed.web;

import dev.heed.feedback.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models that programs may ask. The server itself computes nothing and starts without native libraries; the root wires
 * in who loads the models at their first question.
 */
public interface ModelHost {
    /** Of a server that only labels. */
    ModelHost NONE = new ModelHost() {
        @Override
        public List<Model> models() {
            return List.of();
        }

        @Override
        public Answer answer(Question question) {
            throw Refusal.unknownModel(question.model(), models());
        }

        @Override
        public Scores score(String model, List<Text> texts) {
            throw Refusal.unknownModel(model, models());
        }
    };

    /** Those that can be asked, in the order of their names. */
    List<Model> models();

    /**
     * Begins to answer.
     *
     * @throws Refusal if there is no such model, it does not write, it does not fit into memory, or the question not into
     *     the model's context
     */
    Answer answer(Question question);

    /**
     * The score of each text.
     *
     * @throws Refusal as {@link #answer}, or if the model gives no scores
     */
    Scores score(String model, List<Text> texts);

    /**
     * A model as programs see it.
     *
     * @param id by which it is asked: the run that made it
     */
    record Model(String id, Kind kind, Instant made) {}

    /** What a model can do. */
    enum Kind {
        /** Writes. */
        LANGUAGE,
        /** Scores. */
        REWARD
    }

    /** What a completion follows. */
    sealed interface Opening {
        /** A conversation, in the model's own template; one that ends with the assistant is gone on with. */
        record Conversation(List<Message> messages) implements Opening {}

        /** A text, without roles. */
        record Plain(String text) implements Opening {}

        /** Ids, just as they are. */
        record Ids(List<Integer> ids) implements Opening {}
    }

    /**
     * What a program wants.
     *
     * @param openings each gets as many completions as there are choices; a completion's number counts through all of them
     * @param maxTokens most tokens of a completion; null: as many as the context holds
     * @param seed the same gives the same completions; null: others each time
     * @param stop texts before which a completion ends
     * @param likeliest how many of the likeliest tokens are to be told at each place; −1: no log-probabilities at all
     */
    record Question(
            String model,
            List<Opening> openings,
            int choices,
            Drawing drawing,
            @Nullable Integer maxTokens,
            @Nullable Long seed,
            List<String> stop,
            int likeliest) {}

    /** How tokens are drawn; the words are those of {@code heed sample}. */
    record Drawing(
            double temperature,
            double topP,
            int topK,
            double minP,
            double typicalP,
            double repetitionPenalty,
            int noRepeatNgram) {}

    /** Completions while they grow, for one thread. Closing it frees the model for others. */
    interface Answer extends AutoCloseable {
        /** Of all openings together. */
        int promptTokens();

        /** Of all completions, so far. */
        int completionTokens();

        /**
         * Waits for more of any completion.
         *
         * @return empty if nothing came in this time
         * @throws IllegalStateException if it cannot go on
         */
        Optional<Piece> await(long milliseconds) throws InterruptedException;

        @Override
        void close();
    }

    /**
     * More of a completion: whole characters, and nothing that a stop may still take back.
     *
     * @param number which completion
     * @param tokens those that the text is made of, where log-probabilities were asked for
     * @param ending null while it goes on
     */
    record Piece(int number, String text, List<Told> tokens, @Nullable Ending ending) {}

    /** Why a completion ended. */
    enum Ending {
        /** The model ended it, or it came to a stop. */
        STOP,
        /** The limit, or the end of the context. */
        LENGTH
    }

    /**
     * A token with its log-probability.
     *
     * @param text U+FFFD where it is part of a character
     * @param bytes of it, each from 0 to 255
     * @param logProb by the model itself, at temperature 1, nats
     */
    record Word(String text, List<Integer> bytes, double logProb) {}

    /**
     * A token of a completion.
     *
     * @param offset where in the completion's text it begins
     * @param likeliest what the model thought likeliest there
     */
    record Told(Word word, int offset, List<Word> likeliest) {}

    /** What is to be scored. */
    record Text(Opening opening, String completion) {}

    /**
     * What a reward model says.
     *
     * @param scores one a text, in standard deviations from what the reference scores on average
     * @param tokens that it read
     */
    record Scores(List<Double> scores, int tokens) {}
}
