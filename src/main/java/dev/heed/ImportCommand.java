package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.feedback.Answer;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Prompt;
import dev.heed.run.Draws;
import dev.heed.run.Knob;
import dev.heed.run.UserError;
import dev.heed.text.GradedFile;
import dev.heed.text.LineError;
import dev.heed.text.PreferenceFile;
import dev.heed.text.PromptFile;
import dev.heed.text.QuestionFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Prompts, questions or what people said, of other tools, into the store. Importing the same file again changes nothing. */
final class ImportCommand implements Command<ImportCommand.Knobs> {
    private static final int SHOWN = 10;
    private static final int ROUND = 0; // before the first of the loop

    record Knobs(
            @Knob(
                            value = Knob.REQUIRED,
                            help = "prompts, preferences, rankings, ratings, or questions for a campaign",
                            positional = true)
                    String kind,
            @Knob(
                            value = Knob.REQUIRED,
                            help = "JSONL: prompt, and for preferences chosen and rejected, for all others completions",
                            positional = true)
                    Path file,
            @Knob(value = "false", help = "leave bad lines out rather than import nothing") boolean skipInvalid,
            @Knob(value = "", help = "whose labelers are asked the questions") String campaign) {
        Knobs {
            dev.heed.run.Knobs.oneOf(
                    "kind", kind, List.of("prompts", "preferences", "rankings", "ratings", "questions"));
            if (kind.equals("questions") == campaign.isBlank()) {
                throw new UserError("heed import questions FILE --campaign NAME: either comes with the other");
            }
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        if (knobs.kind().equals("prompts")) {
            PromptFile read = PromptFile.read(knobs.file());
            accept(context, knobs, read.errors());
            try (Feedback feedback = context.feedback()) {
                int added = feedback.addPrompts(read.prompts()).size();
                return Map.of("prompts", added, "skipped", read.errors().size());
            }
        }
        if (knobs.kind().equals("questions")) {
            return questions(context, knobs);
        }
        if (!knobs.kind().equals("preferences")) {
            return graded(context, knobs);
        }
        PreferenceFile read = PreferenceFile.read(knobs.file(), "import");
        accept(context, knobs, read.errors());
        try (Feedback feedback = context.feedback()) {
            int added = add(feedback, read.pairs());
            return Map.of("preferences", added, "skipped", read.errors().size());
        }
    }

    private static Object questions(Context context, Knobs knobs) {
        try (Feedback feedback = context.feedback()) {
            Campaign campaign = SampleCommand.expectCampaign(feedback, knobs.campaign());
            QuestionFile read = QuestionFile.read(knobs.file(), campaign.plan().kind());
            accept(context, knobs, read.errors());
            int added = GradedImport.ask(feedback, campaign, read.questions());
            return Map.of("questions", added, "skipped", read.errors().size());
        }
    }

    private static Object graded(Context context, Knobs knobs) {
        Kind kind = knobs.kind().equals("rankings") ? Kind.RANKING : Kind.RATING;
        GradedFile read = GradedFile.read(knobs.file(), kind, "import");
        accept(context, knobs, read.errors());
        try (Feedback feedback = context.feedback()) {
            int added = GradedImport.add(feedback, read.graded());
            return Map.of(knobs.kind(), added, "skipped", read.errors().size());
        }
    }

    private static void accept(Context context, Knobs knobs, List<LineError> errors) {
        errors.stream()
                .limit(SHOWN)
                .forEach(e -> context.say("%s line %d: %s".formatted(knobs.file(), e.line(), e.reason())));
        if (errors.size() > SHOWN) {
            context.say("… and %d more".formatted(errors.size() - SHOWN));
        }
        if (!errors.isEmpty() && !knobs.skipInvalid()) {
            LineError first = errors.get(0);
            throw new UserError(
                    "%s has %d bad lines, the first is line %d: %s; nothing was imported, --skip-invalid leaves them out"
                            .formatted(knobs.file(), errors.size(), first.line(), first.reason()));
        }
    }

    /**
     * Each pair becomes a preference, and those of one prompt and the same two texts share a comparison of an imported round.
     * Sides are drawn, so that order says nothing.
     */
    private static int add(Feedback feedback, List<Pair> pairs) {
        Map<Key, Comparison> asked = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            Comparison comparison = comparison(pair);
            asked.putIfAbsent(Key.of(comparison), comparison);
        }
        Map<Key, Comparison> stored = new HashMap<>();
        for (Comparison comparison : feedback.addComparisons(List.copyOf(asked.values()))) {
            stored.put(Key.of(comparison), comparison);
        }
        Map<UUID, Preference> answers = new LinkedHashMap<>(); // a labeler answers a comparison once
        Instant now = Instant.now();
        for (Pair pair : pairs) {
            Preference answer = answer(pair, Objects.requireNonNull(stored.get(Key.of(comparison(pair)))), now);
            answers.putIfAbsent(answer.id(), answer);
        }
        return feedback.addPreferences(List.copyOf(answers.values())).size();
    }

    private static Comparison comparison(Pair pair) {
        Completion chosen = new Completion(pair.chosen(), "import", true);
        Completion rejected = new Completion(pair.rejected(), "import", true);
        boolean chosenLower = pair.chosen().compareTo(pair.rejected()) < 0;
        Completion lower = chosenLower ? chosen : rejected;
        Completion higher = chosenLower ? rejected : chosen;
        boolean lowerFirst = Draws.uniform(0, pair.prompt().id() + lower.text() + higher.text(), 0) < 0.5;
        return new Comparison(0, ROUND, pair.prompt(), lowerFirst ? lower : higher, lowerFirst ? higher : lower, 0);
    }

    private static Preference answer(Pair pair, Comparison comparison, Instant now) {
        boolean chosenFirst = comparison.first().text().equals(pair.chosen());
        UUID id = UUID.nameUUIDFromBytes(
                (pair.labeler() + "\u0000" + Key.of(comparison)).getBytes(StandardCharsets.UTF_8));
        Answer answer = Answer.ofStrength(chosenFirst ? pair.strength() : -pair.strength());
        return new Preference(id, comparison.id(), pair.labeler(), answer, false, 0, now, null);
    }

    private record Key(String prompt, String first, String second) {
        static Key of(Comparison comparison) {
            Prompt prompt = comparison.prompt();
            return new Key(
                    prompt.id(), comparison.first().text(), comparison.second().text());
        }
    }
}
