package dev.heed.text.jinja;

import com.hubspot.jinjava.tree.Node;
import java.util.List;

/** What stands between two tags. */
final class Body {
    private Body() {}

    /** Its text, up to where it breaks or continues a loop. */
    static String render(List<Node> nodes, Run run) {
        StringBuilder out = new StringBuilder();
        for (Node node : nodes) {
            if (run.leaving() != Run.Leaving.NOT) {
                break;
            }
            out.append(node.render(run).getValue());
            Python.checkLength(out.length());
        }
        return out.toString();
    }
}
