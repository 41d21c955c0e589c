<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Events;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Events\Header;
use Apn\AmiClient\Tests\Dialogue;
use Apn\AmiClient\Tools\EventFile;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class NamesTest extends TestCase
{
    public function testEveryEventHasOneConstantWithItsNameAndClassInTheDocblock(): void
    {
        $events = EventFile::read(dirname(__DIR__, 3) . '/tools/data/events.txt')->events;
        $class = new \ReflectionClass(EventName::class);
        self::assertSame(count($events), count($class->getConstants()));
        self::assertGreaterThan(240, count($events));

        foreach ($events as $event) {
            $constant = $class->getReflectionConstant($event->constant());
            self::assertNotFalse($constant, $event->name);
            self::assertSame($event->name, $constant->getValue());
            $doc = (string) preg_replace('/\s+\* /', ' ', (string) $constant->getDocComment());
            self::assertStringContainsString(
                $event->isAnswer() ? 'Sent to the session that asked' : "Read class: {$event->classes[0]}",
                $doc,
            );
            self::assertStringContainsString(implode(', ', $event->headers), $doc);
        }
    }

    public function testNamesAreToldApartWithoutCase(): void
    {
        foreach ([EventName::class, Header::class] as $class) {
            $values = array_map(strtolower(...), new \ReflectionClass($class)->getConstants());
            self::assertSame($values, array_unique($values), $class);
        }
    }

    /** @return iterable<string, array{string, string}> */
    public static function spellings(): iterable
    {
        yield 'as Asterisk spells it' => [EventName::VarSet, 'VarSet'];
        yield 'as it is on the wire, not in the documentation' => [EventName::Newexten, 'Newexten'];
        yield 'a hyphen' => [EventName::AOCD, 'AOC-D'];
        yield 'an id' => [Header::UniqueId, 'Uniqueid'];
        yield 'an id of another channel' => [Header::DestLinkedId, 'DestLinkedid'];
        yield 'an acronym' => [Header::CallerIdNum, 'CallerIDNum'];
        yield 'a header with a hyphen' => [Header::CauseTxt, 'Cause-txt'];
        yield 'a digit first' => [Header::Rel100, '100rel'];
        yield 'a word of PHP' => [Header::ClassHeader, 'Class'];
    }

    #[DataProvider('spellings')]
    public function testAConstantIsTheNameInWords(string $constant, string $expected): void
    {
        self::assertSame($expected, $constant);
    }

    public function testAHeaderConstantFindsTheHeader(): void
    {
        $hangup = Dialogue::of('originate/busy-async.22.txt')->events(EventName::Hangup)[1];

        self::assertInstanceOf(AmiEvent::class, $hangup);
        self::assertSame('17.k5;2', $hangup[Header::UniqueId]);
        self::assertSame('User busy', $hangup[Header::CauseTxt]);
        self::assertSame(17, $hangup->int(Header::Cause));
    }
}
