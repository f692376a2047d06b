package dev.heed.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** Items and methods of values. Nothing else can be reached: no reflection. */
final class PythonResolver extends ELResolver {
    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
        context.setPropertyResolved(true);
        return base == null ? null : Python.item(base, property);
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(
            ELContext context, Object base, Object method, Class<?> @Nullable [] types, Object[] arguments) {
        context.setPropertyResolved(true);
        Run.current().tick();
        if (base instanceof Filter filter) {
            return filter.filter(
                    arguments[0], (JinjavaInterpreter) arguments[1], (Object[]) arguments[2], (Map<String, Object>)
                            arguments[3]);
        }
        if (base instanceof ExpTest test) {
            Object[] rest = Arrays.copyOfRange(arguments, 2, arguments.length);
            boolean holds = test.evaluate(arguments[0], (JinjavaInterpreter) arguments[1], rest);
            return holds == method.equals("evaluate");
        }
        return PythonMethods.call(base, String.valueOf(method), Arguments.of(arguments));
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        throw Run.current().stop("a template sets nothing but its own variables");
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return Object.class;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        Collection<FeatureDescriptor> none = Collections.emptyList();
        return none.iterator();
    }
}
