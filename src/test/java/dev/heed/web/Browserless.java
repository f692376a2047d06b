package dev.heed.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** Someone before a server without a browser: keeps cookies, speaks JSON. */
final class Browserless {
    private final String url;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(cookies).build();
    private final Map<String, String> headers = new LinkedHashMap<>();

    Browserless(String url) {
        this.url = url;
    }

    /** Sends a header with everything from now on. */
    Browserless with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    record Said(int status, String body, HttpResponse<String> whole) {
        JsonNode json() {
            try {
                return Json.mapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }
    }

    Said get(String path) {
        return send("GET", path, "");
    }

    Said post(String path, Object body) {
        return send("POST", path, Json.line(body));
    }

    Said delete(String path) {
        return send("DELETE", path, "{}");
    }

    Said send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Said(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Said signIn(String name, String password) {
        return post("/api/session", Map.of("name", name, "password", password));
    }

    /** The value of the session's cookie; empty where there is none. */
    String cookie() {
        return cookies.getCookieStore().getCookies().stream()
                .map(cookie -> cookie.getName() + "=" + cookie.getValue())
                .findFirst()
                .orElse("");
    }
}
