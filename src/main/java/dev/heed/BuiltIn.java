package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.eval.Judge;
import dev.heed.eval.Knowledge;
import dev.heed.eval.Verdict;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Message;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import dev.heed.world.Faults;
import dev.heed.world.Gold;
import dev.heed.world.SimulatedLabeler;
import dev.heed.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The built-in world as the loop meets every other source: files of text and demonstrations, prompts, labelers, a judge. */
final class BuiltIn {
    private static final String QUESTION = "Question: ";
    private static final String ANSWER = "Answer: ";

    private final Path folder;
    private final long seed;
    private final World world;

    BuiltIn(Path home, long seed) {
        this.folder = home.resolve("world");
        this.seed = seed;
        this.world = World.of(seed);
    }

    /** A file of documents to pretrain on. */
    Path text(int documents) {
        Path file = folder.resolve("text-%d.jsonl".formatted(documents));
        if (!Files.exists(file)) {
            TextFile.write(
                    file,
                    world.corpus(documents).stream().map(BuiltIn::document).toList());
        }
        return file;
    }

    /** A transcript becomes a conversation, so that a base model has met the form in which it will be asked. */
    private static TextFile.Document document(String text) {
        if (!text.startsWith(QUESTION)) {
            return TextFile.Document.ofText(text);
        }
        List<Message> turns = new ArrayList<>();
        for (String line : text.split("\n")) {
            turns.add(
                    line.startsWith(QUESTION)
                            ? Message.user(line.substring(QUESTION.length()))
                            : new Message(Message.Role.ASSISTANT, line.substring(ANSWER.length())));
        }
        return TextFile.Document.ofConversation(turns);
    }

    /** True running text that is in no corpus. */
    List<String> cleanText(int documents) {
        return world.cleanHeldOut(documents);
    }

    /** A file of demonstrations, of mixed quality. */
    Path demonstrations(int count) {
        Path file = folder.resolve("demonstrations-%d.jsonl".formatted(count));
        if (!Files.exists(file)) {
            Demonstrations.write(
                    file,
                    world.demonstrations(count).stream()
                            .map(d -> new Demonstrations.Shown(d.prompt(), d.completion()))
                            .toList());
        }
        return file;
    }

    /** Prompts to learn from. */
    List<Prompt> prompts(int count) {
        return world.prompts(Split.TRAIN, 2 * count, "loop").stream()
                .filter(prompt -> Split.of(prompt.text()) == Split.TRAIN)
                .limit(count)
                .toList();
    }

    /** Prompts on the same facts as those, a tenth of all wordings, that nothing learns from: to measure reward models. */
    List<Prompt> reservedPrompts(int count) {
        return world.prompts(Split.TRAIN, 20 * count, "loop").stream()
                .filter(prompt -> Split.of(prompt.text()) == Split.HELD_OUT)
                .limit(count)
                .map(prompt -> Prompt.ofText(prompt.text(), prompt.kind(), Split.HELD_OUT))
                .toList();
    }

    /** Prompts about facts that no demonstration and no preference to learn from touches. */
    List<Prompt> newPrompts(int count) {
        return world.prompts(Split.HELD_OUT, count, "loop");
    }

    /** Prompts of an evaluation: other draws than those that are labeled. */
    List<Prompt> examPrompts(int count) {
        return world.prompts(Split.HELD_OUT, count, "exam");
    }

    /** Held-out prompts that a policy answers again and again while it learns. */
    List<Prompt> watchPrompts(int count) {
        return world.prompts(Split.HELD_OUT, count, "watch");
    }

    List<Knowledge.Probe> probes() {
        return world.probes().stream()
                .map(p -> new Knowledge.Probe(p.prefix(), p.candidates(), p.truth()))
                .toList();
    }

    /** The gold judge: for evaluation alone. */
    Judge judge() {
        return (prompt, completion, ended) -> {
            Gold said = world.judge().judge(prompt, completion, ended);
            return new Judge.Opinion(
                    said.score(),
                    new Verdict.Parts(
                            said.truth(),
                            said.follows(),
                            said.kind(),
                            said.declines(),
                            said.wronglyDeclines(),
                            said.ends()));
        };
    }

    /**
     * Lets the simulated labelers answer what no person has answered in a round.
     *
     * @param each how many of them answer a comparison, in turn
     * @return how many answers they gave
     */
    int label(Feedback feedback, int round, int each) {
        List<SimulatedLabeler> labelers = world.labelers();
        Set<Long> answered = feedback.preferences().stream()
                .filter(p -> !simulated(labelers, p.labeler()))
                .map(Preference::comparison)
                .collect(Collectors.toSet());
        List<Preference> answers = new ArrayList<>();
        Instant now = Instant.now();
        for (Comparison comparison : feedback.comparisons(round)) {
            if (!answered.contains(comparison.id())) {
                int first = (int)
                        (Draws.uniform(seed, "labeler " + comparison.prompt().id(), round) * labelers.size());
                for (int i = 0; i < Math.min(each, labelers.size()); i++) {
                    answers.add(labelers.get((first + i) % labelers.size()).answer(comparison, now));
                }
            }
        }
        return feedback.addPreferences(answers).size();
    }

    /**
     * Lets one labeler with faults of one's choice answer a whole round.
     *
     * @return how many answers it gave
     */
    int label(Feedback feedback, int round, String name, Faults faults) {
        SimulatedLabeler labeler = world.labeler(name, faults);
        Instant now = Instant.now();
        List<Preference> answers = feedback.comparisons(round).stream()
                .filter(comparison -> comparison.asking().repeat() == null)
                .map(comparison -> labeler.answer(comparison, now))
                .toList();
        return feedback.addPreferences(answers).size();
    }

    private static boolean simulated(List<SimulatedLabeler> labelers, String name) {
        return labelers.stream().anyMatch(labeler -> labeler.name().equals(name));
    }

    /**
     * The accuracy that someone who knew every gold score would reach on these answers.
     *
     * @param comparison of a preference
     */
    double ceiling(List<Preference> answers, Function<Preference, Comparison> comparison) {
        double right = 0;
        for (SimulatedLabeler labeler : world.labelers()) {
            List<Comparison> answered = answers.stream()
                    .filter(p -> p.labeler().equals(labeler.name()))
                    .map(comparison)
                    .toList();
            right += answered.isEmpty() ? 0 : answered.size() * labeler.ceiling(answered);
        }
        return right / answers.size();
    }
}
