package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.JinjavaInterpreter.InterpreterScopeClosable;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for a, b in items if condition %} … {% else %} … {% endfor %}}: jinjava's has neither the condition, nor the
 * else, nor {@code loop.previtem}; and what a turn sets is gone in the next.
 */
final class LoopTag implements Tag {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "for";
    }

    @Override
    public String getEndTagName() {
        return "endfor";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        Run run = (Run) interpreter;
        Head head = Head.of(node.getHelpers(), run);
        int line = node.getLineNumber();
        List<@Nullable Object> items = Python.items(run.resolveELExpression(head.items, line));
        if (!head.condition.isEmpty()) {
            items.removeIf(item -> !holds(head, item, run, line));
        }
        int otherwise = indexOfElse(node);
        List<Node> body = node.getChildren().subList(0, otherwise);
        if (items.isEmpty()) {
            List<Node> children = node.getChildren();
            return Body.render(children.subList(Math.min(otherwise + 1, children.size()), children.size()), run);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < items.size() && run.leaving() != Run.Leaving.THE_LOOP; i++) {
            run.leave(Run.Leaving.NOT);
            run.tick();
            out.append(turn(head, items, i, body, run));
            Python.checkLength(out.length());
        }
        run.leave(Run.Leaving.NOT);
        return out.toString();
    }

    @SuppressWarnings("try") // the scope is entered and left, never named
    private static String turn(Head head, List<@Nullable Object> items, int index, List<Node> body, Run run) {
        try (InterpreterScopeClosable scope = run.enterScope()) {
            run.getContext().put("loop", loop(items, index));
            head.bind(items.get(index), run);
            return Body.render(body, run);
        }
    }

    @SuppressWarnings("try")
    private static boolean holds(Head head, @Nullable Object item, Run run, int line) {
        try (InterpreterScopeClosable scope = run.enterScope()) {
            head.bind(item, run);
            return Python.truth(run.resolveELExpression(head.condition, line));
        }
    }

    private static int indexOfElse(TagNode node) {
        for (int i = 0; i < node.getChildren().size(); i++) {
            if (node.getChildren().get(i) instanceof TagNode child
                    && child.getName().equals("else")) {
                return i;
            }
        }
        return node.getChildren().size();
    }

    private static Map<String, @Nullable Object> loop(List<@Nullable Object> items, int index) {
        Map<String, @Nullable Object> loop = new LinkedHashMap<>();
        int size = items.size();
        loop.put("index", (long) index + 1);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) size - index);
        loop.put("revindex0", (long) size - index - 1);
        loop.put("first", index == 0);
        loop.put("last", index == size - 1);
        loop.put("length", (long) size);
        loop.put("previtem", index == 0 ? null : items.get(index - 1));
        loop.put("nextitem", index == size - 1 ? null : items.get(index + 1));
        return loop;
    }

    /** What a loop says before its body. */
    private record Head(List<String> names, String items, String condition) {
        static Head of(String text, Run run) {
            int in = wordAt(text, "in", 0);
            if (in < 0) {
                throw run.stop("for needs \"in\", was: for %s".formatted(text.strip()));
            }
            List<String> names = new ArrayList<>();
            for (String name : text.substring(0, in).replaceAll("[()]", "").split(",")) {
                names.add(name.strip());
            }
            int condition = wordAt(text, "if", in + 2);
            return condition < 0
                    ? new Head(names, text.substring(in + 2), "")
                    : new Head(names, text.substring(in + 2, condition), text.substring(condition + 2));
        }

        /** Where a word stands outside of strings and brackets; −1 where it does not. */
        private static int wordAt(String text, String word, int from) {
            int depth = 0;
            char quote = 0;
            for (int at = from; at < text.length(); at++) {
                char letter = text.charAt(at);
                if (quote != 0) {
                    at += letter == '\\' ? 1 : 0;
                    quote = letter == quote ? 0 : quote;
                } else if (letter == '\'' || letter == '"') {
                    quote = letter;
                } else {
                    depth += "([{".indexOf(letter) >= 0 ? 1 : ")]}".indexOf(letter) >= 0 ? -1 : 0;
                    if (depth == 0 && isWord(text, word, at)) {
                        return at;
                    }
                }
            }
            return -1;
        }

        private static boolean isWord(String text, String word, int at) {
            int end = at + word.length();
            return text.startsWith(word, at)
                    && (at == 0 || !Character.isJavaIdentifierPart(text.charAt(at - 1)))
                    && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)));
        }

        void bind(@Nullable Object item, Run run) {
            if (names.size() == 1) {
                run.getContext().put(names.get(0), item);
                return;
            }
            List<@Nullable Object> parts = Python.items(item);
            if (parts.size() != names.size()) {
                throw run.stop("for takes %d values from each item, one has %d".formatted(names.size(), parts.size()));
            }
            for (int i = 0; i < parts.size(); i++) {
                run.getContext().put(names.get(i), parts.get(i));
            }
        }
    }
}
