package dev.heed.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A rubric as people write it: {@code {"rules": [{"name": "short", "weight": 0.5, "words": {"most": 20}}, …]}}. A rule has a
 * name, a weight and one check; with "when", a pattern, it is for the prompts in which that is found.
 *
 * @param written the file's own words
 */
public record RubricFile(ObjectNode written, Rubric rubric) {
    private static final int MOST_BYTES = 4 << 20;
    private static final List<String> CHECKS = List.of("contains", "matches", "words", "ends", "refuses", "answer");
    private static final Pattern REFUSAL = Pattern.compile(
            "\\bi(?: am|'m) (?:sorry|afraid|not able|unable)\\b|\\bi (?:cannot|can't|can not|won't|will not|do not know|don't know)\\b",
            Pattern.CASE_INSENSITIVE);

    /**
     * Reads a rubric.
     *
     * @throws UserError that names the rule which is no rule
     */
    public static RubricFile read(Path file) {
        ObjectNode root = UntrustedJson.object(file, MOST_BYTES);
        refuseOthers(
                file + ":", root, List.of("rules", "answers"), "a rubric has rules and, if it expects any, answers");
        JsonNode rules = root.path("rules");
        if (!rules.isArray() || rules.isEmpty()) {
            throw new UserError("%s: rules must be a list of at least one rule, was %s".formatted(file, shown(rules)));
        }
        Map<String, String> answers = answers(file, root.path("answers"));
        List<Rule> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = new Line(file, i + 1, rules.get(i), answers).rule();
            if (!names.add(rule.name())) {
                throw new UserError("%s: two rules are named '%s'; rename one".formatted(file, rule.name()));
            }
            read.add(rule);
        }
        return new RubricFile(root, new Rubric(read));
    }

    private static Map<String, String> answers(Path file, JsonNode node) {
        Map<String, String> answers = new HashMap<>();
        if (!node.isMissingNode() && !node.isObject()) {
            throw new UserError("%s: answers must be {\"prompt\": \"answer\", …}, was %s".formatted(file, shown(node)));
        }
        node.properties()
                .forEach(entry -> answers.put(entry.getKey(), entry.getValue().asText()));
        return answers;
    }

    private static void refuseOthers(String at, JsonNode object, Collection<String> allowed, String what) {
        object.fieldNames().forEachRemaining(field -> {
            if (!allowed.contains(field)) {
                throw new UserError("%s unknown field '%s'; %s".formatted(at, field, what));
            }
        });
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "absent" : UntrustedJson.shown(node.toString(), 60);
    }

    /** One rule of the file. */
    private record Line(Path file, int number, JsonNode node, Map<String, String> answers) {
        Rule rule() {
            if (!node.isObject()) {
                throw wrong("must be an object, was " + shown(node));
            }
            if (!node.path("name").isTextual() || node.path("name").asText().isBlank()) {
                throw wrong("needs a name, a text, was " + shown(node.path("name")));
            }
            if (!node.path("weight").isNumber()) {
                throw wrong("needs a weight, a number, was " + shown(node.path("weight")));
            }
            List<String> allowed = new ArrayList<>(List.of("name", "weight", "when"));
            allowed.addAll(CHECKS);
            refuseOthers(at() + ":", node, allowed, "a rule has name, weight, when and one of " + listed(CHECKS));
            List<String> given = CHECKS.stream().filter(node::has).toList();
            if (given.size() != 1) {
                throw wrong("must have one of %s, has %s"
                        .formatted(listed(CHECKS), given.isEmpty() ? "none" : listed(given)));
            }
            return new Rule(
                    node.path("name").asText(),
                    node.path("weight").asDouble(),
                    node.has("when") ? pattern("when") : null,
                    check(given.get(0)));
        }

        private Rule.Check check(String kind) {
            return switch (kind) {
                case "contains" -> contains(texts(kind));
                case "matches" -> {
                    Pattern pattern = pattern(kind);
                    yield said -> pattern.matcher(said.text()).find();
                }
                case "words" -> words();
                case "ends" -> {
                    boolean wanted = flag(kind);
                    yield said -> said.ended() == wanted;
                }
                case "refuses" -> {
                    boolean wanted = flag(kind);
                    yield said -> REFUSAL.matcher(said.text()).find() == wanted;
                }
                default -> answer();
            };
        }

        private static Rule.Check contains(List<String> wanted) {
            return said -> {
                String text = said.text().toLowerCase(Locale.ROOT);
                return wanted.stream().anyMatch(part -> text.contains(part.toLowerCase(Locale.ROOT)));
            };
        }

        private Rule.Check words() {
            JsonNode range = node.path("words");
            refuseOthers(at() + ": words:", range, List.of("least", "most"), "it has least, most or both");
            long least = bound(range.path("least"), 0);
            long most = bound(range.path("most"), Long.MAX_VALUE);
            if (!range.isObject() || range.isEmpty() || least > most) {
                throw wrong("words needs least, most or both, the least no larger, was " + shown(range));
            }
            return said -> {
                long count = said.text().isBlank() ? 0 : said.text().strip().split("\\s+").length;
                return count >= least && count <= most;
            };
        }

        private long bound(JsonNode value, long absent) {
            if (!value.isMissingNode() && !(value.canConvertToExactIntegral() && value.asLong() >= 0)) {
                throw wrong("words needs whole numbers of at least 0, was " + shown(value));
            }
            return value.asLong(absent);
        }

        private Rule.Check answer() {
            String how = node.path("answer").asText();
            if (!List.of("exact", "contained", "number").contains(how)) {
                throw wrong("answer must be one of exact, contained, number, was " + shown(node.path("answer")));
            }
            if (answers.isEmpty()) {
                throw wrong(
                        "compares with expected answers, and the file has none; add \"answers\": {\"prompt\": \"answer\", …}");
            }
            return said -> {
                String expected = answers.get(said.prompt().text());
                return expected != null && Answers.agree(how, said.text(), expected);
            };
        }

        private boolean flag(String field) {
            if (!node.path(field).isBoolean()) {
                throw wrong("%s must be true or false, was %s".formatted(field, shown(node.path(field))));
            }
            return node.path(field).asBoolean();
        }

        private List<String> texts(String field) {
            JsonNode value = node.path(field);
            List<String> texts = new ArrayList<>();
            (value.isArray() ? value : List.of(value)).forEach(one -> texts.add(one.isTextual() ? one.asText() : ""));
            if (texts.isEmpty() || texts.contains("")) {
                throw wrong("%s must be a text or a list of texts, was %s".formatted(field, shown(value)));
            }
            return texts;
        }

        private Pattern pattern(String field) {
            if (!node.path(field).isTextual()) {
                throw wrong("%s must be a regular expression, was %s".formatted(field, shown(node.path(field))));
            }
            try {
                return Pattern.compile(node.path(field).asText(), Pattern.UNICODE_CHARACTER_CLASS);
            } catch (PatternSyntaxException e) {
                throw wrong(
                        "%s is no regular expression: %s in %s"
                                .formatted(field, e.getDescription(), shown(node.path(field))),
                        e);
            }
        }

        private UserError wrong(String what) {
            return new UserError(at() + ": " + what);
        }

        private UserError wrong(String what, Throwable cause) {
            return new UserError(at() + ": " + what, cause);
        }

        private String at() {
            String name = node.path("name").asText();
            return name.isBlank()
                    ? "%s: rule %d".formatted(file, number)
                    : "%s: rule '%s'".formatted(file, UntrustedJson.shown(name, 60));
        }

        private static String listed(List<String> names) {
            return String.join(", ", names);
        }
    }
}
