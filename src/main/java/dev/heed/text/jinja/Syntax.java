package dev.heed.text.jinja;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import jinjava.de.odysseus.el.tree.impl.Parser;

/** Makes {@link PythonParser}s; public because jinjava makes it by its name. */
public final class Syntax extends ExtendedSyntaxBuilder {
    private static final long serialVersionUID = 1;

    /** Of all features. */
    public Syntax() {}

    /** Of these features. */
    public Syntax(Feature... features) {
        super(features);
    }

    @Override
    protected Parser createParser(String expression) {
        return new PythonParser(this, expression);
    }
}
