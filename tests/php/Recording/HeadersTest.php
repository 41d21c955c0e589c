<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Recording\Headers;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class HeadersTest extends TestCase
{
    public function testAnActionIsItsNameAndALineForEveryValue(): void
    {
        $action = new GenericAction('Originate', [
            'Channel' => 'A',
            'Async' => true,
            'Priority' => 1,
            'Codecs' => ['a', 'b'],
        ]);

        self::assertSame(
            [
                ['Action',   'Originate'],
                ['Channel',  'A'],
                ['Async',    'true'],
                ['Priority', '1'],
                ['Codecs',   'a'],
                ['Codecs',   'b'],
            ],
            Headers::ofAction($action)->pairs,
        );
    }

    public function testARepeatedHeaderIsAListAndALineWithoutAColonIsLeftOut(): void
    {
        $headers = new Headers([['Output', 'a'], ['', 'no colon'], ['output', 'b'], ['Message', 'x']]);

        self::assertSame(['Output' => ['a', 'b'], 'Message' => 'x'], $headers->toArray());
        self::assertSame('x', $headers->first('MESSAGE'));
        self::assertSame(['Message' => 'x'], $headers->without('output')->toArray());
    }

    public function testOnTheWireTheIdIsTheSecondLine(): void
    {
        $headers = new Headers([
            ['Response', 'Success'],
            ['',         'no colon'],
        ]);

        self::assertSame("Response: Success\r\nActionID: 7\r\nno colon\r\n\r\n", $headers->toWire('7'));
        self::assertSame("Response: Success\r\nno colon\r\n\r\n", $headers->toWire());
    }

    /** @return iterable<string, array{mixed}> */
    public static function nonsense(): iterable
    {
        yield 'no list' => ['text'];
        yield 'names as keys' => [['Event' => 'Hangup']];
        yield 'half a pair' => [[['Event']]];
        yield 'a number' => [[['Event', 1]]];
    }

    #[DataProvider('nonsense')]
    public function testWhatIsNoListOfPairsIsNoHeaders(mixed $json): void
    {
        self::assertNull(Headers::ofJson($json));
    }
}
