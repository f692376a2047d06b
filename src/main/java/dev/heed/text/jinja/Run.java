package dev.heed.text.jinja;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One rendering: the first error ends it, and so does the clock. */
final class Run extends JinjavaInterpreter {
    /** How a loop's body is left. */
    enum Leaving {
        NOT,
        THIS_TURN,
        THE_LOOP
    }

    private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Jinja.MOST_SECONDS);
    private @Nullable Stop stopped;
    private Leaving leaving = Leaving.NOT;

    Run(Jinjava engine, Context context) {
        super(engine, context, engine.getGlobalConfig());
    }

    static Run current() {
        return (Run) JinjavaInterpreter.getCurrent();
    }

    /** An error to throw; the first one is the one that is told, whatever jinjava makes of it on the way. */
    Stop stop(String reason) {
        if (stopped == null) {
            stopped = new Stop(getLineNumber() > 0 ? "line %d: %s".formatted(getLineNumber(), reason) : reason);
        }
        return stopped;
    }

    /** What the template says with {@code raise_exception}: in its own words. */
    Stop raise(String message) {
        if (stopped == null) {
            stopped = new Stop(message);
        }
        return stopped;
    }

    void failIfStopped() {
        if (stopped != null) {
            throw stopped;
        }
    }

    void tick() {
        if (System.nanoTime() > deadline) {
            throw stop("it ran for more than %d seconds".formatted(Jinja.MOST_SECONDS));
        }
    }

    Leaving leaving() {
        return leaving;
    }

    void leave(Leaving how) {
        leaving = how;
    }

    @Override
    public @Nullable Object resolveELExpression(String expression, int lineNumber) {
        failIfStopped();
        tick();
        return super.resolveELExpression(expression, lineNumber);
    }

    @Override
    public void addError(TemplateError error) {
        throw stop(error.getMessage());
    }

    @Override
    public String getAsString(Object value) {
        return Python.text(value);
    }
}
