package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.List;

/** {@code {% if %}}; jinjava's own goes on after a {@code {% break %}} in it. */
final class ConditionTag implements Tag {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "if";
    }

    @Override
    public String getEndTagName() {
        return "endif";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        Run run = (Run) interpreter;
        List<Node> children = node.getChildren();
        boolean holds = holds(node, run);
        int from = 0;
        for (int at = 0; at < children.size(); at++) {
            if (children.get(at) instanceof TagNode child && isBranch(child)) {
                if (holds) {
                    return Body.render(children.subList(from, at), run);
                }
                holds = child.getName().equals("else") || holds(child, run);
                from = at + 1;
            }
        }
        return holds ? Body.render(children.subList(from, children.size()), run) : "";
    }

    private static boolean isBranch(TagNode node) {
        return node.getName().equals("elif") || node.getName().equals("else");
    }

    private static boolean holds(TagNode node, Run run) {
        if (node.getHelpers().isBlank()) {
            throw run.stop("%s needs a condition".formatted(node.getName()));
        }
        return Python.truth(run.resolveELExpression(node.getHelpers(), node.getLineNumber()));
    }
}
