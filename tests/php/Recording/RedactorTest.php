<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Recording\Redactor;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class RedactorTest extends TestCase
{
    /** @return iterable<int, array{list<array{string, string}>, list<array{string, string}>}> */
    public static function messages(): iterable
    {
        $text = (string) file_get_contents(__DIR__ . '/../../data/redaction.txt');
        foreach (explode("\n\n", rtrim($text)) as $block) {
            $headers = [];
            $expected = [];
            foreach (explode("\n", $block) as $line) {
                if (str_starts_with($line, '#')) {
                    continue;
                }
                [$given, $shown] = explode(' => ', $line) + [1 => null];
                [$name, $value] = explode(': ', $given, limit: 2);
                $headers[] = [$name, $value];
                $expected[] = [$name, $shown ?? $value];
            }
            if ($headers !== []) {
                yield [$headers, $expected];
            }
        }
        yield [
            [['JSON', '{"alice":{"password":"hunter2","context":"a","PIN" : "4\"711"},"x":["Secret"]}']],
            [['JSON', '{"alice":{"password":"***","context":"a","PIN" : "***"},"x":["Secret"]}']],
        ];
    }

    /**
     * The log of the extension hides the same values. A test of src/secret.rs reads the same file.
     *
     * @param list<array{string, string}> $headers
     * @param list<array{string, string}> $expected
     */
    #[DataProvider('messages')]
    public function testSecretsAreHidden(array $headers, array $expected): void
    {
        self::assertSame($expected, new Redactor(['pin', 'card_*'])->headers(new Headers($headers))->pairs);
    }
}
