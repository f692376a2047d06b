package dev.heed.text.jinja;

import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.el.ext.StringConcatOperator;
import java.util.ArrayList;
import java.util.List;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Builder.Feature;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstDot;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstMethod;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstNull;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstProperty;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import org.jspecify.annotations.Nullable;

/**
 * Expressions with Python's grammar where jinjava's is another's: {@code not} binds looser than a comparison, {@code and}
 * gives an operand, a slice has a step, neighbouring strings are one.
 */
final class PythonParser extends ExtendedParser {
    /** The method that a slice becomes. */
    static final String SLICE = "[:]";

    PythonParser(Builder context, String input) {
        super(context, input);
        putExtensionHandler(StringConcatOperator.TOKEN, new ExtensionHandler(ExtensionPoint.ADD) {
            @Override
            public AstNode createAstNode(AstNode... children) {
                return createAstBinary(children[0], children[1], PythonOperators.CONCAT);
            }
        });
    }

    @Override
    protected Scanner createScanner(String expression) {
        return new PythonScanner(expression);
    }

    @Override
    protected AstDot createAstDot(AstNode base, String property, boolean lvalue) {
        return new PythonCall.Callee(base, property, lvalue);
    }

    @Override
    protected AstMethod createAstMethod(AstProperty property, AstParameters params) {
        return property instanceof PythonCall.Callee callee
                ? new PythonCall(callee, params)
                : super.createAstMethod(property, params);
    }

    @Override
    protected @Nullable AstNode and(boolean required) throws ScanException, ParseException {
        AstNode left = not(required);
        while (left != null && getToken().getSymbol() == Symbol.AND) {
            consumeToken();
            left = createAstBinary(left, not(true), PythonOperators.AND);
        }
        return left;
    }

    private @Nullable AstNode not(boolean required) throws ScanException, ParseException {
        if (getToken().getSymbol() != Symbol.NOT) {
            return eq(required);
        }
        consumeToken();
        return createAstUnary(not(true), AstUnary.NOT);
    }

    @Override
    protected @Nullable AstNode eq(boolean required) throws ScanException, ParseException {
        AstNode left = cmp(required);
        while (left != null
                && (getToken().getSymbol() == Symbol.EQ || getToken().getSymbol() == Symbol.NE)) {
            boolean equal = consumeToken().getSymbol() == Symbol.EQ;
            AstNode same = createAstBinary(left, cmp(true), PythonOperators.EQUAL);
            left = equal ? same : createAstUnary(same, AstUnary.NOT);
        }
        return left;
    }

    @Override
    protected @Nullable AstNode add(boolean required) throws ScanException, ParseException {
        AstNode left = mul(required);
        while (left != null) {
            Scanner.Token token = getToken();
            if (token.getSymbol() == Symbol.PLUS) {
                consumeToken();
                left = createAstBinary(left, mul(true), PythonOperators.ADD);
            } else if (token.getSymbol() == Symbol.MINUS) {
                consumeToken();
                left = createAstBinary(left, mul(true), AstBinary.SUB);
            } else if (token.getSymbol() == Symbol.EXTENSION
                    && getExtensionHandler(token).getExtensionPoint() == ExtensionPoint.ADD) {
                left = getExtensionHandler(consumeToken()).createAstNode(left, mul(true));
            } else {
                break;
            }
        }
        return left;
    }

    @Override
    protected @Nullable AstNode value() throws ScanException, ParseException {
        AstNode name = nonliteral();
        AstNode value = name == null ? strings() : name;
        while (value != null) {
            if (getToken().getSymbol() == Symbol.DOT) {
                consumeToken();
                AstDot dot = createAstDot(value, attribute(), name != null);
                value = getToken().getSymbol() == Symbol.LPAREN ? createAstMethod(dot, params()) : dot;
            } else if (getToken().getSymbol() == Symbol.LBRACK) {
                consumeToken();
                value = subscript(value, name != null);
            } else {
                break;
            }
        }
        return value;
    }

    @Override
    protected AstParameters params(Symbol left, Symbol right) throws ScanException, ParseException {
        consumeToken(left);
        List<AstNode> arguments = new ArrayList<>();
        while (getToken().getSymbol() != right) {
            arguments.add(argument());
            if (getToken().getSymbol() != right) {
                consumeToken(Symbol.COMMA);
            }
        }
        consumeToken(right);
        return createAstParameters(arguments);
    }

    /** The name of an argument takes all that follows it, which jinjava ends at a sign. */
    private AstNode argument() throws ScanException, ParseException {
        if (getToken().getSymbol() != Symbol.IDENTIFIER || lookahead(0) != NamedParameterOperator.TOKEN) {
            return expr(true);
        }
        AstIdentifier name = identifier(consumeToken().getImage());
        consumeToken();
        return new AstNamedParameter(name, expr(true));
    }

    /** A literal; strings without an operator between them are one string. */
    private @Nullable AstNode strings() throws ScanException, ParseException {
        boolean text = getToken().getSymbol() == Symbol.STRING;
        AstNode value = literal();
        while (text && value != null && getToken().getSymbol() == Symbol.STRING) {
            value = createAstBinary(value, literal(), PythonOperators.ADD);
        }
        return value;
    }

    /** A keyword of jinjava's ({@code empty}, {@code div}) may be an attribute's name. */
    private String attribute() throws ScanException, ParseException {
        String image = getToken().getImage();
        if (!image.matches("[A-Za-z_]\\w*")) {
            fail(Symbol.IDENTIFIER);
        }
        consumeToken();
        return image;
    }

    private AstNode subscript(AstNode base, boolean lvalue) throws ScanException, ParseException {
        AstNode first = bound();
        if (getToken().getSymbol() == Symbol.RBRACK) {
            consumeToken();
            return createAstBracket(base, first, lvalue, !context.isEnabled(Feature.NULL_PROPERTIES));
        }
        consumeToken(Symbol.COLON);
        AstNode end = bound();
        AstNode step = new AstNull();
        if (getToken().getSymbol() == Symbol.COLON) {
            consumeToken();
            step = bound();
        }
        consumeToken(Symbol.RBRACK);
        return createAstMethod(createAstDot(base, SLICE, false), createAstParameters(List.of(first, end, step)));
    }

    private AstNode bound() throws ScanException, ParseException {
        boolean none = getToken().getSymbol() == Symbol.COLON || getToken().getSymbol() == Symbol.RBRACK;
        return none ? new AstNull() : expr(true);
    }
}
