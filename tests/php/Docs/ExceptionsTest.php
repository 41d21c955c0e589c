<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use Apn\AmiClient\Exception\AmiThrowable;
use PHPUnit\Framework\TestCase;

/** docs/errors-and-retries.md names every exception of the extension. */
final class ExceptionsTest extends TestCase
{
    public function testTheTableNamesWhatCanBeThrownAndWhetherTheActionRan(): void
    {
        $expected = [];
        foreach (new \ReflectionExtension('ami_client')->getClasses() as $class) {
            if ($class->implementsInterface(AmiThrowable::class) && $class->isFinal()) {
                $error = $class->newInstance();
                self::assertInstanceOf(AmiThrowable::class, $error);
                $expected[$class->getShortName()] = $error->isRetrySafe();
            }
        }
        $rows = [];
        preg_match_all(
            '/^\| `(\w+Exception)` \|[^|]+\| ([^|]+) \|/m',
            Page::of('docs/errors-and-retries.md')->text,
            $rows,
        );
        // Without a response the exception cannot prove that nothing ran.
        $documented = array_map(
            static fn(string $surely): bool => $surely === 'yes',
            array_combine($rows[1] ?? [], $rows[2] ?? []),
        );
        ksort($expected);
        ksort($documented);

        self::assertSame($expected, $documented);
    }
}
