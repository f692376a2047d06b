package dev.heed.text.jinja;

import com.hubspot.jinjava.el.ext.ExtendedScanner;
import jinjava.de.odysseus.el.tree.impl.Scanner;

/** Python's string literals; and {@code a+1} is a sum, which jinjava takes for {@code a} and a signed number. */
final class PythonScanner extends ExtendedScanner {
    PythonScanner(String input) {
        super(input);
    }

    @Override
    protected Token nextEval() throws ScanException {
        return getInput().charAt(getPosition()) == '+' ? fixed(Symbol.PLUS) : super.nextEval();
    }

    @Override
    protected Token nextString() throws ScanException {
        String input = getInput();
        char quote = input.charAt(getPosition());
        StringBuilder text = new StringBuilder();
        int at = getPosition() + 1;
        while (at < input.length() && input.charAt(at) != quote) {
            at = input.charAt(at) == '\\' ? escape(input, at, text) : letter(input, at, text);
        }
        if (at >= input.length()) {
            throw new Scanner.ScanException(getPosition(), "unterminated string", String.valueOf(quote));
        }
        return token(Symbol.STRING, text.toString(), at + 1 - getPosition());
    }

    private static int letter(String input, int at, StringBuilder text) {
        text.append(input.charAt(at));
        return at + 1;
    }

    /** Appends what the escape at {@code at} stands for; gives the place after it. One unknown to Python stays as it is. */
    private static int escape(String input, int at, StringBuilder text) {
        char kind = at + 1 < input.length() ? input.charAt(at + 1) : '\\';
        int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        int end = at + 2 + digits;
        if (digits > 0 && end <= input.length() && input.substring(at + 2, end).matches("\\p{XDigit}+")) {
            text.appendCodePoint(Integer.parseInt(input.substring(at + 2, end), 16));
            return end;
        }
        int known = "\\'\"ntrbfav\n".indexOf(kind);
        if (known < 0) {
            text.append('\\').append(kind);
        } else if (kind != '\n') {
            text.append("\\'\"\n\t\r\b\f\u0007\u000B".charAt(known));
        }
        return at + 2;
    }
}
