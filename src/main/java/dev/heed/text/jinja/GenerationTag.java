package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.JinjavaInterpreter.InterpreterScopeClosable;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;

/** {@code {% generation %}}, transformers' tag around what the assistant says: leaves a mark at either end. */
final class GenerationTag implements Tag {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "generation";
    }

    @Override
    public String getEndTagName() {
        return "endgeneration";
    }

    @Override
    @SuppressWarnings("try") // the scope is entered and left, never named
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        Run run = (Run) interpreter;
        try (InterpreterScopeClosable scope = run.enterScope()) {
            return mark(Jinja.GENERATION_BEGINS, run)
                    + Body.render(node.getChildren(), run)
                    + mark(Jinja.GENERATION_ENDS, run);
        }
    }

    private static String mark(String name, Run run) {
        return Python.text(run.getContext().get(name));
    }
}
