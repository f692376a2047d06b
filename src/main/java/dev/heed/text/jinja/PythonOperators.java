package dev.heed.text.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import jinjava.de.odysseus.el.misc.TypeConverter;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.javax.el.ELContext;
import org.jspecify.annotations.Nullable;

/** Operators that mean in Python something else than in jinjava. */
final class PythonOperators {
    static final AstBinary.Operator AND = new AstBinary.Operator() {
        @Override
        public @Nullable Object eval(Bindings bindings, ELContext context, AstNode left, AstNode right) {
            Object value = left.eval(bindings, context);
            return Python.truth(value) ? right.eval(bindings, context) : value;
        }
    };

    static final AstBinary.Operator CONCAT = simple((a, b) -> joined(Python.text(a), Python.text(b)));
    static final AstBinary.Operator ADD = simple(PythonOperators::sum);
    static final AstBinary.Operator EQUAL = simple(Python::equal);

    private PythonOperators() {}

    private interface Simple {
        Object of(@Nullable Object left, @Nullable Object right);
    }

    private static AstBinary.Operator simple(Simple operator) {
        return new AstBinary.SimpleOperator() {
            @Override
            protected Object apply(TypeConverter converter, @Nullable Object left, @Nullable Object right) {
                return operator.of(left, right);
            }
        };
    }

    private static Object sum(@Nullable Object left, @Nullable Object right) {
        if (left instanceof String a && right instanceof String b) {
            return joined(a, b);
        }
        if (left instanceof Collection<?> a && right instanceof Collection<?> b) {
            return Python.bounded(concatenated(a, b));
        }
        if (left instanceof Number a && right instanceof Number b) {
            if (Python.isWhole(a) && Python.isWhole(b)) {
                return a.longValue() + b.longValue();
            }
            return a.doubleValue() + b.doubleValue();
        }
        throw Run.current().stop("cannot add %s and %s".formatted(Python.kind(left), Python.kind(right)));
    }

    private static List<Object> concatenated(Collection<?> a, Collection<?> b) {
        List<Object> sum = new ArrayList<>(a);
        sum.addAll(b);
        return sum;
    }

    static String joined(String a, String b) {
        Python.checkLength((long) a.length() + b.length());
        return a + b;
    }
}
