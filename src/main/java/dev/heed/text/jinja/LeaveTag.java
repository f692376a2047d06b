package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import org.jspecify.annotations.Nullable;

/** {@code {% break %}} and {@code {% continue %}}. */
record LeaveTag(String name, Run.Leaving how) implements Tag {
    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable String getEndTagName() {
        return null;
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        ((Run) interpreter).leave(how);
        return "";
    }
}
