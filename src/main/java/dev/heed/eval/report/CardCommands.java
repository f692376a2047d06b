package dev.heed.eval.report;

import dev.heed.eval.report.CardData.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What to type to get a model again, without what concerns one machine alone: where the home lies, what is printed. */
final class CardCommands {
    private static final Pattern LOCAL = Pattern.compile("--(home|db|json|quiet|no-serve)(=.*)?");
    private static final Set<String> OF_THE_LOOP = Set.of("demo", "round", "stories", "compare");

    private CardCommands() {}

    /** Each command that began a run of its line, once, and the evaluation of the model. */
    static List<String> of(CardData data) {
        Set<String> commands = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (Step step : data.line()) {
            if (step.words().isEmpty()) {
                unknown.add(step.run());
            } else {
                commands.add("./heed " + words(step));
            }
        }
        if (!unknown.isEmpty()) {
            commands.add("# the command that began %s was not noted; its settings are above"
                    .formatted(String.join(", ", unknown)));
        }
        commands.add("./heed card " + data.name());
        return List.copyOf(commands);
    }

    private static String words(Step step) {
        String words = step.words().stream()
                .filter(word -> !LOCAL.matcher(word).matches())
                .map(CardCommands::quoted)
                .collect(Collectors.joining(" "));
        boolean seeded = step.words().stream().anyMatch(word -> word.startsWith("--seed"));
        boolean loop = OF_THE_LOOP.contains(step.words().get(0));
        return seeded || (loop && step.seed() == 1) ? words : words + " --seed=" + step.seed();
    }

    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
