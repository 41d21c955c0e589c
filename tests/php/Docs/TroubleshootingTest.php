<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Testing\FakeAsterisk;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The messages that docs/troubleshooting.md quotes are the real messages. */
final class TroubleshootingTest extends TestCase
{
    /** @return iterable<string, array{\Closure(): mixed, class-string<\Throwable>}> */
    public static function mistakes(): iterable
    {
        yield 'getenv() found nothing' => [
            static fn() => new ServerConfig('pbx1', 'h', username: 'u', secret: getenv('AMI_NOWHERE')),
            \TypeError::class,
        ];
        yield 'the secret is empty' => [
            static fn() => new ServerConfig('pbx1', 'h', username: 'u', secret: ''),
            InvalidConfigurationException::class,
        ];
        yield 'no account' => [static fn() => new ServerConfig('pbx1', 'h'), InvalidConfigurationException::class];
        yield 'seconds for milliseconds' => [
            static fn() => new FakeAsterisk()
                ->manager()
                ->tick(0.1),
            \TypeError::class,
        ];
    }

    /**
     * @param \Closure(): mixed $mistake
     * @param class-string<\Throwable> $class
     */
    #[DataProvider('mistakes')]
    public function testAMessageIsQuotedAsItIs(\Closure $mistake, string $class): void
    {
        $quoted = [];
        preg_match_all('/`([^`]+)`/', Page::of('docs/troubleshooting.md')->text, $quoted);
        try {
            $mistake();
            self::fail('it was taken');
        } catch (\Throwable $error) {
            self::assertInstanceOf($class, $error);
            $found = array_filter(
                $quoted[1] ?? [],
                static fn(string $text): bool => strlen($text) > 10 && str_contains($error->getMessage(), $text),
            );
            self::assertNotSame([], $found, $error->getMessage());
        }
    }
}
