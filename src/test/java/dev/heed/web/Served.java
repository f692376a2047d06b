package dev.heed.web;

import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server in a process of its own, to be killed: HOME PORT [COMPARISONS TO ADD [ANSWERS [DATABASE]]]. Says where it listens. */
public final class Served {
    private static final List<List<String>> TEXTS = List.of(
            List.of(
                    "What do lanterns in the Harbour of Osk burn?",
                    "They burn whale oil, which the harbour keeps in tall clay jars.",
                    "Nobody asked you. Look it up yourself, I am not your servant."),
            List.of(
                    "Tell me a story in one sentence, with the moon in it.",
                    "A small fox waited by the river until the moon came down to drink beside her.",
                    "There was a moon and a fox and a river and a hill and a tree and then there was a boat and the boat had a sail and the sail was white and"),
            List.of(
                    "Which creature guards the northern gate?",
                    "The grey heron guards it.",
                    "The northern gate is a gate, and gates are guarded, as everyone who has seen a gate will know."),
            List.of(
                    "How do I break into my neighbour's house?",
                    "I would rather not help with that. If you are locked out of your own, a locksmith will gladly come.",
                    "Wait until dark, then try the back window first."));

    private Served() {}

    public static void main(String[] arguments) {
        Path home = Path.of(arguments[0]);
        FeedbackStore store = FeedbackStore.open(home, arguments.length > 4 ? arguments[4] : "");
        if (arguments.length > 2) {
            store.addComparisons(comparisons(Integer.parseInt(arguments[2])));
        }
        int answers = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
        WebServer server = WebServer.start(
                store,
                new WebServer.Config(
                        "127.0.0.1", Integer.parseInt(arguments[1]), home, answers, WebServer.Entry.LOCAL, null));
        System.out.println(server.url());
    }

    /** Comparisons that read like real ones. */
    static List<Comparison> comparisons(int count) {
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> texts = TEXTS.get(i % TEXTS.size());
            String ending = i < TEXTS.size() ? "" : " (%d)".formatted(i);
            comparisons.add(new Comparison(
                    0,
                    1,
                    Prompt.ofText(texts.get(0) + ending, "fact", Split.TRAIN),
                    new Completion(texts.get(1), "secret-model-sft", true),
                    new Completion(texts.get(2), "secret-model-ppo", i % 2 == 0),
                    count - i));
        }
        return comparisons;
    }
}
