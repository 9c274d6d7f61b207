import ts from "typescript";

/**
 * Counts which places of a program are reached. Every function body, branch, loop, case and arm of
 * an operator gets a number and the call `__hit(number)`; nothing else of the program changes.
 */

export interface Instrumented {
  readonly text: string;
  /** Strings and numbers that the program compares with: what an input may have to hold. */
  readonly literals: readonly string[];
}

/** @param next gives the number of the next place */
export function instrument(fileName: string, source: string, next: () => number): Instrumented {
  const literals: string[] = [];

  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const { factory } = context;
    const call = () =>
      factory.createCallExpression(factory.createIdentifier("__hit"), undefined, [
        factory.createNumericLiteral(next()),
      ]);
    const counted = (expression: ts.Expression) =>
      factory.createParenthesizedExpression(factory.createComma(call(), expression));
    const block = (statement: ts.Statement) =>
      ts.isBlock(statement)
        ? factory.updateBlock(statement, [statementOf(), ...statement.statements])
        : factory.createBlock([statementOf(), statement], true);
    const statementOf = () => factory.createExpressionStatement(call());

    const visit = (node: ts.Node): ts.Node => {
      if (ts.isStringLiteralLike(node) && !ts.isImportDeclaration(node.parent)) {
        literals.push(node.text);
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isArrowFunction(visited) && !ts.isBlock(visited.body)) {
        const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken } = visited;
        return factory.updateArrowFunction(
          visited,
          ...([modifiers, typeParameters, parameters, type, equalsGreaterThanToken] as const),
          counted(visited.body),
        );
      }
      if (ts.isBlock(visited) && isFunctionLike(node.parent)) return block(visited);
      if (ts.isIfStatement(visited)) {
        return factory.updateIfStatement(
          visited,
          visited.expression,
          block(visited.thenStatement),
          visited.elseStatement === undefined ? undefined : block(visited.elseStatement),
        );
      }
      if (ts.isForStatement(visited)) {
        const { initializer, condition, incrementor, statement } = visited;
        return factory.updateForStatement(
          ...([visited, initializer, condition, incrementor] as const),
          block(statement),
        );
      }
      if (ts.isForOfStatement(visited)) {
        const { awaitModifier, initializer, expression, statement } = visited;
        return factory.updateForOfStatement(
          ...([visited, awaitModifier, initializer, expression] as const),
          block(statement),
        );
      }
      if (ts.isWhileStatement(visited)) {
        return factory.updateWhileStatement(visited, visited.expression, block(visited.statement));
      }
      if (ts.isCaseClause(visited)) {
        return factory.updateCaseClause(visited, visited.expression, [
          statementOf(),
          ...visited.statements,
        ]);
      }
      if (ts.isConditionalExpression(visited)) {
        return factory.updateConditionalExpression(
          ...([visited, visited.condition, visited.questionToken] as const),
          ...([counted(visited.whenTrue), visited.colonToken, counted(visited.whenFalse)] as const),
        );
      }
      if (ts.isBinaryExpression(visited) && isShortCircuit(visited.operatorToken.kind)) {
        const { left, operatorToken, right } = visited;
        return factory.updateBinaryExpression(visited, left, operatorToken, counted(right));
      }
      return visited;
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };

  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    transformers: { before: [transformer] },
  });
  return { text: outputText, literals };
}

function isFunctionLike(node: ts.Node | undefined): boolean {
  return (
    node !== undefined &&
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node) ||
      ts.isGetAccessor(node))
  );
}

function isShortCircuit(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}
