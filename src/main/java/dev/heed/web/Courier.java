package dev.heed.web;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Posts one body and reads the status of the answer. Java's own client would look the name up again when it connects: to another
 * address, perhaps, than the one that was checked. No redirect is followed, no proxy asked, and nothing takes longer than the given
 * time.
 */
final class Courier {
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient client;
    private final Duration patience;

    /** To whom anybody's authorities vouch for. */
    Courier(Duration patience) {
        this(bounded(patience).build(), patience);
    }

    /** To whom others vouch for. */
    Courier(SSLSocketFactory tls, X509TrustManager trusted, Duration patience) {
        this(bounded(patience).sslSocketFactory(tls, trusted).build(), patience);
    }

    private Courier(OkHttpClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    private static OkHttpClient.Builder bounded(Duration patience) {
        return new OkHttpClient.Builder()
                .callTimeout(patience)
                .followRedirects(false)
                .followSslRedirects(false)
                .proxy(Proxy.NO_PROXY);
    }

    /**
     * The status of the answer.
     *
     * @throws IOException if there is none
     */
    int post(Destination to, Map<String, String> headers, byte[] body) throws IOException {
        Request request = new Request.Builder()
                .url(to.url().toString())
                .headers(Headers.of(headers))
                .header("User-Agent", "Heed")
                .header("Connection", "close")
                .post(RequestBody.create(body, JSON))
                .build();
        OkHttpClient checked = client.newBuilder().dns(name -> to.addresses()).build();
        try (Response answer = checked.newCall(request).execute()) {
            return answer.code();
        } catch (InterruptedIOException e) {
            throw new IOException("no answer within %s s".formatted(patience.toMillis() / 1000.0), e);
        }
    }
}
