<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Surface;

use PHPStan\PhpDocParser\Ast\PhpDoc\InvalidTagValueNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\ParamTagValueNode;
use PHPStan\PhpDocParser\Ast\PhpDoc\PhpDocNode;
use PHPStan\PhpDocParser\Lexer\Lexer;
use PHPStan\PhpDocParser\Parser\ConstExprParser;
use PHPStan\PhpDocParser\Parser\PhpDocParser;
use PHPStan\PhpDocParser\Parser\TokenIterator;
use PHPStan\PhpDocParser\Parser\TypeParser;
use PHPStan\PhpDocParser\ParserConfig;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once \getenv('AMI_PHPDOC_PARSER') . '/autoload.php';

/** Static analysers and IDEs understand every docblock of the stub and of the library. */
final class DocblocksTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';
    private const string STUB = self::ROOT . '/stubs/ami_client.stub.php';

    /** A tag after prose on the same line. Tools take it for prose. */
    private const string LOST_TAG = '/\S\s+@(?:param|return|throws|var|template|implements|extends|phpstan-|psalm-)/';

    /** @return iterable<string, array{string}> */
    public static function files(): iterable
    {
        yield 'the stub' => [self::STUB];
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(
            self::ROOT . '/php',
            \FilesystemIterator::SKIP_DOTS,
        ));
        /** @var \SplFileInfo $file */
        foreach ($files as $file) {
            yield substr($file->getPathname(), strlen(self::ROOT) + 1) => [$file->getPathname()];
        }
    }

    #[DataProvider('files')]
    public function testEveryTagIsUnderstoodAndNamesAParameterThatThereIs(string $file): void
    {
        foreach (self::docblocks($file) as $line => [$docblock, $code]) {
            $node = self::parsed($docblock);
            foreach ($node->getTags() as $tag) {
                self::assertNotInstanceOf(InvalidTagValueNode::class, $tag->value, "line {$line}: {$tag}");
                if ($tag->value instanceof ParamTagValueNode) {
                    self::assertMatchesRegularExpression(
                        '/' . preg_quote($tag->value->parameterName, '/') . '\b/',
                        $code,
                        "line {$line}: {$tag}",
                    );
                }
            }
            self::assertDoesNotMatchRegularExpression(self::LOST_TAG, self::prose($node), "line {$line}");
        }
        $this->addToAssertionCount(1);
    }

    /** @return iterable<string, array{string, bool}> */
    public static function samples(): iterable
    {
        yield 'behind prose' => ['/** What it is. @throws \Error when not */', true];
        yield 'on a line of its own' => ["/**\n * What it is.\n *\n * @throws \\Error when not\n */", false];
        yield 'an address is no tag' => ['/** exten@context, or @busy. */', false];
    }

    #[DataProvider('samples')]
    public function testATagThatToolsTakeForProseIsFound(string $docblock, bool $isLost): void
    {
        self::assertSame($isLost, preg_match(self::LOST_TAG, self::prose(self::parsed($docblock))) === 1);
    }

    /** Every array and callable parameter has a type in a docblock. */
    public function testWhatAnArrayOfTheStubHoldsIsSaid(): void
    {
        $unsaid = [];
        $ownedBySerialize = '/function __(?:un)?serialize\(/';
        $found = [];
        preg_match_all(
            '~(/\*\*(?:(?!\*/).)*\*/\s*)?(?:public |static |final )+function (\w+)\(([^)]*)\)(?:: ([^{;]+))?~s',
            (string) file_get_contents(self::STUB),
            $found,
            PREG_SET_ORDER,
        );
        foreach ($found as [$all, $docblock, $name, $parameters]) {
            if (preg_match($ownedBySerialize, $all) === 1) {
                continue;
            }
            $arrays = [];
            preg_match_all('/\b(?:array|callable)\b[^$,]*(\$\w+)/', $parameters, $arrays);
            foreach ($arrays[1] ?? [] as $parameter) {
                if (preg_match('/@(?:phpstan-)?param [^\n]*' . preg_quote($parameter, '/') . '\b/', $docblock) !== 1) {
                    $unsaid[] = "{$name}({$parameter})";
                }
            }
        }

        self::assertSame([], $unsaid);
        self::assertGreaterThan(100, count($found));
    }

    public function testPhpstanIsGivenTheStub(): void
    {
        $composer = json_decode((string) file_get_contents(self::ROOT . '/composer.json'), associative: true);
        self::assertSame(['extension.neon'], $composer['extra']['phpstan']['includes'] ?? null);
        $found = [];
        preg_match_all('/^\t\t- (\S+)$/m', (string) file_get_contents(self::ROOT . '/extension.neon'), $found);
        self::assertSame(['stubs/ami_client.stub.php'], $found[1]);
        self::assertFileExists(self::STUB);
    }

    /** @return iterable<int, array{string, string}> by line: the docblock, and the code up to the next one */
    private static function docblocks(string $file): iterable
    {
        $docblock = null;
        $code = '';
        foreach (\PhpToken::tokenize((string) file_get_contents($file)) as $token) {
            if (!$token->is(T_DOC_COMMENT)) {
                $code .= $token->text;
                continue;
            }
            if ($docblock !== null) {
                yield $docblock->line => [$docblock->text, $code];
            }
            $docblock = $token;
            $code = '';
        }
        if ($docblock !== null) {
            yield $docblock->line => [$docblock->text, $code];
        }
    }

    private static function parsed(string $docblock): PhpDocNode
    {
        $config = new ParserConfig([]);
        $expressions = new ConstExprParser($config);
        $parser = new PhpDocParser($config, new TypeParser($config, $expressions), $expressions);

        return $parser->parse(new TokenIterator(new Lexer($config)->tokenize($docblock)));
    }

    /** The text outside of tags, and the texts of tags. */
    private static function prose(PhpDocNode $node): string
    {
        return implode("\n", array_map(static fn($child): string => ltrim((string) $child, '@'), $node->children));
    }
}
