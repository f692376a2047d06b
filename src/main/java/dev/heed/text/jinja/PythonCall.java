package dev.heed.text.jinja;

import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.ast.AstDot;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstMethod;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.javax.el.ELContext;
import org.jspecify.annotations.Nullable;

/** A call of a method, filter or test. Of nothing it is an error, which jinjava would pass over. */
final class PythonCall extends AstMethod {
    /** What is called, and whose it is. */
    static final class Callee extends AstDot {
        private final AstNode owner;
        private final String name;

        Callee(AstNode owner, String name, boolean lvalue) {
            super(owner, name, lvalue);
            this.owner = owner;
            this.name = name;
        }
    }

    private final Callee callee;
    private final AstParameters arguments;

    PythonCall(Callee callee, AstParameters arguments) {
        super(callee, arguments);
        this.callee = callee;
        this.arguments = arguments;
    }

    @Override
    public @Nullable Object eval(Bindings bindings, ELContext context) {
        Object base = callee.owner.eval(bindings, context);
        if (base == null) {
            throw Run.current().stop(missing());
        }
        return context.getELResolver().invoke(context, base, callee.name, null, arguments.eval(bindings, context));
    }

    private String missing() {
        if (callee.owner instanceof AstIdentifier identifier) {
            String name = identifier.getName();
            if (name.startsWith(PythonParser.FILTER_PREFIX)) {
                return "no filter " + name.substring(PythonParser.FILTER_PREFIX.length());
            }
            if (name.startsWith(PythonParser.EXPTEST_PREFIX)) {
                return "no test " + name.substring(PythonParser.EXPTEST_PREFIX.length());
            }
            return "%s is undefined, so has no method %s".formatted(name, callee.name);
        }
        return "what is undefined has no method " + callee.name;
    }
}
