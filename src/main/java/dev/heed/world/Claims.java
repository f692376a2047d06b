package dev.heed.world;

import java.util.function.Consumer;

/** The claims of a document, line after line: who "it" is carries over. */
final class Claims {
    static final String QUESTION = "Question: ";
    static final String ANSWER = "Answer: ";

    private String subject = "";

    /**
     * Reads a line.
     *
     * @param claims takes each claim, its subject named
     * @return how many of the line's sentences are garbled
     */
    int read(String line, Consumer<Fact> claims) {
        if (line.startsWith(QUESTION)) {
            subject = Task.parse(line.substring(QUESTION.length())) instanceof Task.Ask ask ? ask.subject() : "";
            return 0;
        }
        int garbled = 0;
        for (Sentence sentence : Grammar.read(line.startsWith(ANSWER) ? line.substring(ANSWER.length()) : line)) {
            garbled += sentence.move() == Move.GARBLED ? 1 : 0;
            sentence.claim().ifPresent(claim -> {
                subject = claim.subject().equals(Fact.IT) ? subject : claim.subject();
                claims.accept(claim.about(subject));
            });
        }
        return garbled;
    }
}
