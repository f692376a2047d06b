package dev.heed.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTest {
    private static final List<Map<String, String>> MESSAGES =
            List.of(Map.of("role", "user", "content", "hi"), Map.of("role", "assistant", "content", "yes"));

    /**
     * Templates built as those of well-known models are, and one for each piece of the language that such templates use. Texts
     * by transformers 5.18.0's render_jinja_template with jinja2 3.1.6.
     */
    static Stream<JsonNode> rows() throws IOException {
        try (InputStream file = Objects.requireNonNull(JinjaTest.class.getResourceAsStream("templates.jsonl"))) {
            List<JsonNode> rows = new ArrayList<>();
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                rows.add(Json.mapper().readTree(line));
            }
            return rows.stream();
        }
    }

    @Test
    void blanksBeforeATagStayUnlessTheyBeginTheLine() {
        String template = "He says: {% if true %}x {% endif %}\n \t{% if true %}y{% endif %}{# note #} z";
        assertThat(new Jinja(template).render(Map.of())).isEqualTo("He says: x y z");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void rendersAsThePeers(JsonNode row) {
        Jinja template = new Jinja(row.path("template").asText());
        for (JsonNode render : row.path("renders")) {
            Map<String, Object> variables = new HashMap<>();
            variables.put("messages", Json.mapper().convertValue(render.path("messages"), Object.class));
            variables.put(
                    "add_generation_prompt",
                    render.path("add_generation_prompt").asBoolean());
            variables.put("bos_token", "<s>");
            variables.put("eos_token", "</s>");
            if (render.has("raises")) {
                assertThatThrownBy(() -> template.render(variables))
                        .isInstanceOf(JinjaError.class)
                        .hasMessage(render.path("raises").asText());
            } else {
                assertThat(template.render(variables))
                        .as(row.path("name").asText())
                        .isEqualTo(render.path("text").asText());
            }
        }
    }

    @Test
    void whatIsMissingIsNothing() { // jinja2 prints None for none, and fails at an attribute of what is undefined
        assertThat(render("[{{ none }}][{{ x }}][{{ x.y.z }}][{{ messages[9] }}]{% if x is none %}n{% endif %}"))
                .isEqualTo("[][][][]n");
    }

    @Test
    void knowsToday() {
        assertThat(render("{{ strftime_now('%Y-%m-%d') }}"))
                .isEqualTo(LocalDate.now(ZoneId.systemDefault()).toString());
    }

    @Test
    void marksWhatTheAssistantSays() {
        Map<String, Object> variables = new HashMap<>(Map.of("messages", MESSAGES));
        variables.put(Jinja.GENERATION_BEGINS, "<");
        variables.put(Jinja.GENERATION_ENDS, ">");
        assertThat(new Jinja("{%- for m in messages %}\n{{ m.role }}:\n{%- generation %}\n {{ m.content }}\n"
                                + "{%- endgeneration -%}\n{% endfor %}")
                        .render(variables))
                .isEqualTo("user:< hi>assistant:< yes>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for m in messages %}{{ m.content }}",
                "{{ messages[0 }}",
                "{{ 'open }}",
                "{% if %}x{% endif %}",
                "{% endfor %}",
                "{% nonsense %}",
                "{{ messages|nonsense }}",
                "{{ messages is nonsense }}",
                "{{ nonsense() }}",
                "{{ 'a'.nonsense() }}",
                "{{ 'a' + 1 }}",
                "{{ 'a' + x }}",
                "{{ x.strip() }}",
                "{{ 'a' * 3 }}",
                "{% for a, b in [[1, 2, 3]] %}{% endfor %}",
                "{%+ if true %}x{% endif %}",
                "{{ raise_exception('one\ntwo') }}"
            })
    void saysOnOneLineWhatIsWrong(String source) {
        assertThatThrownBy(() -> render(source))
                .isInstanceOf(JinjaError.class)
                .message()
                .isNotBlank()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for a in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for a in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for a in range(99) %}{% set n.s = n.s.replace('x', 'xx') %}{% endfor %}",
                "{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = n.l + n.l %}{% endfor %}",
                "{% set n = namespace(l=[1]) %}{% for a in range(60) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}",
                "{% set n = namespace(l=[1]) %}{% for a in range(60) %}{% set n.l = [n.l, n.l] %}{% endfor %}"
                        + "{{ n.l|tojson }}",
                "{% for a in range(99999) %}{% for b in range(9999) %}xxxxxxxxxx{% endfor %}{% endfor %}",
                "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
                "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}"
            })
    void stopsWhatWouldNotEnd(String source) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> render(source)).isInstanceOf(JinjaError.class);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(4.0 * Jinja.MOST_SECONDS); // the machine may be busy
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a'.getClass() }}",
                "{{ ''.class }}",
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
                "{{ messages.class.classLoader }}",
                "{{ ____int3rpr3t3r____.getContext() }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{{ 'a'|attr('class') }}",
                "{{ ''.__class__.__mro__ }}",
                "{% include 'pom.xml' %}",
                "{% import 'pom.xml' as x %}",
                "{% extends 'pom.xml' %}",
                "{% from 'pom.xml' import x %}",
                "{{ range.getClass() }}",
                "{{ messages[0].put('role', 'x') }}"
            })
    void reachesNoClassAndNoFile(String source) {
        try {
            assertThat(render(source)).isEmpty();
        } catch (JinjaError e) {
            assertThat(e).message().doesNotContain("\n");
        }
    }

    @Test
    void leavesNothingToTheNextTemplate() {
        render("{% macro f() %}x{% endmacro %}{% set y = 'y' %}{{ f() }}{{ y }}");
        assertThat(render("[{{ y }}]")).isEqualTo("[]");
        assertThatThrownBy(() -> render("{{ f() }}")).isInstanceOf(JinjaError.class);
    }

    @Test
    void oneTemplateServesSeveralThreads() {
        Jinja template =
                new Jinja("{% for m in messages %}{% set x = m.content %}{{ loop.index }}{{ x }};{% endfor %}");
        assertThat(IntStream.range(0, 2000)
                        .parallel()
                        .mapToObj(i -> template.render(Map.of("messages", List.of(Map.of("content", "c" + i)))))
                        .toList())
                .isEqualTo(
                        IntStream.range(0, 2000).mapToObj(i -> "1c" + i + ";").toList());
    }

    private static String render(String source) {
        return new Jinja(source).render(Map.of("messages", MESSAGES));
    }
}
