package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heed.run.UntrustedJson;
import dev.heed.run.UserError;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The fields of a program's request. Unknown ones are ignored; null is as good as absent; a wrong one is named. */
record Fields(ObjectNode json) {
    private static final int LONGEST = 8 << 20; // bytes
    private static final int SHOWN = 60;

    static Fields of(Context ctx) {
        try (InputStream stream = ctx.bodyInputStream()) {
            byte[] bytes = stream.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new Refusal(413, null, "too_large", "a request has at most %d bytes".formatted(LONGEST));
            }
            return new Fields(UntrustedJson.object("the request", bytes));
        } catch (UserError e) {
            throw new Refusal(400, null, "invalid_json", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("the request could not be read", e);
        }
    }

    Optional<JsonNode> find(String name) {
        return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
    }

    JsonNode expect(String name) {
        return find(name).orElseThrow(() -> new Refusal(400, name, "missing", name + " is missing"));
    }

    String expectText(String name) {
        return text(name, expect(name));
    }

    boolean flag(String name) {
        return find(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw wrong(name, "true or false", value);
                    }
                    return value.booleanValue();
                })
                .orElse(false);
    }

    double number(String name, double otherwise, double least, double most) {
        OptionalDouble number = find(name)
                .map(value -> OptionalDouble.of(value.isNumber() ? value.doubleValue() : Double.NaN))
                .orElse(OptionalDouble.empty());
        if (number.isPresent() && !(number.getAsDouble() >= least && number.getAsDouble() <= most)) {
            throw wrong(name, "a number from %s to %s".formatted(plain(least), plain(most)), expect(name));
        }
        return number.orElse(otherwise);
    }

    /** As {@link #number}, but 0 is not allowed. */
    double above(String name, double otherwise, double most) {
        double number = number(name, otherwise, 0, most);
        if (number == 0) {
            throw wrong(name, "a number above 0, at most %s".formatted(plain(most)), expect(name));
        }
        return number;
    }

    OptionalLong whole(String name, long least, long most) {
        Optional<JsonNode> value = find(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode number = value.get();
        if (!number.isIntegralNumber()
                || !number.canConvertToLong()
                || number.longValue() < least
                || number.longValue() > most) {
            throw wrong(name, "a whole number from %d to %d".formatted(least, most), number);
        }
        return OptionalLong.of(number.longValue());
    }

    int whole(String name, int otherwise, int least, int most) {
        return (int) whole(name, (long) least, most).orElse(otherwise);
    }

    /** A text or several; none where it is absent. */
    List<String> texts(String name, int most) {
        Optional<JsonNode> value = find(name);
        if (value.isEmpty()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (value.get().isArray()) {
            value.get().forEach(one -> texts.add(text(name, one)));
        } else {
            texts.add(text(name, value.get()));
        }
        if (texts.size() > most) {
            throw Refusal.ofField(name, "%s must be at most %d texts, was %d".formatted(name, most, texts.size()));
        }
        return texts;
    }

    /** Refuses what would change the answer if it were heeded; what says "as usual" is fine. */
    void refuse(String name, String usual, String instead) {
        Optional<JsonNode> value = find(name);
        if (value.isPresent() && !value.get().toString().matches(usual)) {
            throw new Refusal(400, name, "unsupported", "%s is not supported; %s".formatted(name, instead));
        }
    }

    static String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw wrong(name, "text", value);
        }
        return value.textValue();
    }

    static Refusal wrong(String name, String allowed, JsonNode value) {
        return Refusal.ofField(
                name, "%s must be %s, was %s".formatted(name, allowed, UntrustedJson.shown(value.toString(), SHOWN)));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
