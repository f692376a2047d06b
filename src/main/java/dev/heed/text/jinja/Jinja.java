package dev.heed.text.jinja;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.AutoCloseableSupplier;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import java.util.HashMap;
import java.util.Map;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeBuilder;
import jinjava.javax.el.ExpressionFactory;

/**
 * A chat template, parsed once. Rendered as transformers renders it (jinja2 with {@code trim_blocks}, {@code lstrip_blocks}
 * and loop controls), by jinjava with the expressions, loops, filters and methods that chat templates use put in Python's
 * sense.
 *
 * <p>A template is a stranger's program. It sees strings, numbers, lists and maps, whose methods are a fixed list of
 * Python's: no class, file or other template can be reached. It has {@link #MOST_LETTERS} letters, {@link #MOST_SECONDS}
 * seconds, and lists of {@link #MOST_ITEMS}. Safe for several threads.
 *
 * <p>Where it differs from jinja2: None and undefined are one value, printed as nothing; a missing name's attribute is
 * missing too, not an error; {@code %} does not format; no {@code include}, {@code import} or {@code extends}.
 */
public final class Jinja {
    static final int MOST_LETTERS = 4_000_000;
    static final int MOST_ITEMS = 100_000;
    static final int MOST_SECONDS = 5;
    static final int DEEPEST_MACRO = 50;

    /** Names of the variables that hold what {@code {% generation %}} and {@code {% endgeneration %}} leave in the text. */
    public static final String GENERATION_BEGINS = "__generation_begins__", GENERATION_ENDS = "__generation_ends__";

    private static final Engine ENGINE = new Engine();

    /** One a thread: jinjava notes in it what a rendering used. To make it takes longer than to render. */
    private static final ThreadLocal<Context> LIBRARY = ThreadLocal.withInitial(ENGINE::getGlobalContextCopy);

    private final Node root;

    /**
     * Parses a template.
     *
     * @throws JinjaError if it is no Jinja, or uses what Heed does not know
     */
    public Jinja(String source) {
        if (source.contains("{%+") || source.contains("+%}")) {
            throw new JinjaError("it keeps blanks with {%+ or +%}, which Heed does not know");
        }
        // jinja2 drops one line end at the end of the file
        // and blanks from a line's beginning to a tag; jinjava would drop those in the middle of a line too
        String text = source.replaceAll("\r\n?", "\n").replaceAll("(?md)^[ \t]+(?=\\{[%#])", "");
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        root = run(Map.of(), run -> run.parse(body));
    }

    /**
     * Text of the template.
     *
     * @param variables strings, booleans, numbers, and lists and maps of such
     * @throws JinjaError if the template raises, fails or goes beyond a limit
     */
    public String render(Map<String, ?> variables) {
        return run(variables, run -> run.render(root));
    }

    private interface Work<T> {
        T in(Run run);
    }

    @SuppressWarnings("try") // the run is found through the thread while it is open
    private static <T> T run(Map<String, ?> variables, Work<T> work) {
        Context library = LIBRARY.get();
        Context context = new Context(
                library, new HashMap<>(variables), ENGINE.getGlobalConfig().getDisabled());
        Run run = new Run(ENGINE, context);
        try (AutoCloseableSupplier.AutoCloseableImpl<JinjavaInterpreter> current =
                JinjavaInterpreter.closeablePushCurrent(run).get()) {
            T result = work.in(run);
            run.failIfStopped();
            return result;
        } catch (Stop e) {
            throw new JinjaError(e.reason());
        } catch (InterpretException | IllegalArgumentException | ClassCastException e) {
            throw new JinjaError("line %d: %s".formatted(run.getLineNumber(), e.getMessage()));
        } catch (StackOverflowError e) {
            throw new JinjaError("line %d: nested too deeply".formatted(run.getLineNumber()));
        } finally {
            library.reset();
        }
    }

    /** Jinjava with Heed's expressions. */
    private static final class Engine extends Jinjava {
        private final ExpressionFactory expressions;

        Engine() {
            super(config());
            java.util.Properties properties = new java.util.Properties();
            properties.setProperty(TreeBuilder.class.getName(), Syntax.class.getName());
            expressions = new ExpressionFactoryImpl(properties, new PythonConverter());
            Library.registerIn(getGlobalContext());
        }

        @Override
        public ExpressionFactory getExpressionFactory() {
            return expressions;
        }

        /** All of jinja2's ways that jinjava can take, but that braces need a blank. */
        private static LegacyOverrides legacy() {
            return LegacyOverrides.newBuilder()
                    .withEvaluateMapKeys(true)
                    .withIterateOverMapKeys(true)
                    .withUseNaturalOperatorPrecedence(true)
                    .withParseWhitespaceControlStrictly(true)
                    .withAllowAdjacentTextNodes(true)
                    .withUseTrimmingForNotesAndExpressions(true)
                    .withKeepNullableLoopValues(true)
                    .withHandleBackslashInQuotesOnly(true)
                    .build();
        }

        private static JinjavaConfig config() {
            return JinjavaConfig.newBuilder()
                    .withTrimBlocks(true)
                    .withKeepTrailingNewline(true)
                    .withLegacyOverrides(legacy())
                    .withNestedInterpretationEnabled(false)
                    .withEnableRecursiveMacroCalls(true)
                    .withMaxMacroRecursionDepth(DEEPEST_MACRO)
                    .withMaxOutputSize(MOST_LETTERS)
                    .withMaxStringLength(MOST_LETTERS)
                    .withMaxListSize(MOST_ITEMS)
                    .withMaxMapSize(MOST_ITEMS)
                    .withRangeLimit(MOST_ITEMS)
                    .withElResolver(new PythonResolver())
                    .withDisabled(Library.disabled())
                    .build();
        }
    }
}
