<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\Application;
use Apn\AmiClient\Cli\Console;
use Apn\AmiClient\Cli\Printable;
use Apn\AmiClient\Cli\Terminal;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\Tests\Hostile;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** bin/ami prints every name of a caller on one line, without control characters. */
final class HostileNamesTest extends TestCase
{
    /** @return iterable<string, array{string, string}> */
    public static function names(): iterable
    {
        yield from Hostile::names();
    }

    #[DataProvider('names')]
    public function testATextIsShownAsWhatItIs(string $name, string $shown): void
    {
        self::assertSame($shown, Printable::text($name));
    }

    #[DataProvider('names')]
    public function testInJsonTheNameIsWhatItWasAndNothingIsObeyed(string $name): void
    {
        $json = Printable::json(['name' => $name]);

        self::assertTrue(Hostile::isHarmless($json), $json);
        self::assertSame(['name' => Printable::utf8($name)], json_decode($json, associative: true));
    }

    /** @return iterable<string, array{list<string>}> */
    public static function commands(): iterable
    {
        yield 'a list as tables' => [['send', 'QueueStatus']];
        yield 'chosen fields' => [['send', 'QueueStatus', '--fields=CallerIDName']];
        yield 'a list in full' => [['send', 'QueueStatus', '--full']];
        yield 'a list in JSON' => [['send', 'QueueStatus', '--json']];
        yield 'an answer' => [['send', 'Getvar', 'Variable=X']];
        yield 'a refusal' => [['send', 'Refused']];
        yield 'output of the console' => [['console', 'core', 'show', 'channels']];
        yield 'events' => [['listen', '--event=Newchannel', '--count=1']];
        yield 'chosen headers of events' => [['listen', '--event=Newchannel', '--count=1', '--fields=CallerIDName']];
        yield 'events in full' => [['listen', '--event=Newchannel', '--count=1', '--full']];
        yield 'events in JSON' => [['listen', '--event=Newchannel', '--count=1', '--json']];
        yield 'the outcome of a call' => [['call', 'Local/1@x', '1@x']];
        yield 'the outcome of a call in JSON' => [['call', 'Local/1@x', '1@x', '--json']];
    }

    /** @param list<string> $command */
    #[DataProvider('commands')]
    public function testNoCommandBringsAnyOfThemToTheTerminal(array $command): void
    {
        foreach (Hostile::names() as $what => [$name]) {
            // The fake refuses values that a header cannot contain.
            $header = Hostile::inHeader($name);
            foreach ([new Terminal(), new Terminal(width: 60)] as $terminal) {
                $output = self::outputOf($command, $header, $terminal);

                self::assertNotSame('', $output, $what);
                self::assertTrue(
                    Hostile::isHarmless($output),
                    "{$what}: " . addcslashes($output, "\x00..\x1f\x7f..\xff"),
                );
            }
        }
    }

    public function testAServersKeyIsNoExceptionEither(): void
    {
        self::assertTrue(Hostile::isHarmless(self::outputOf(['send', "\e[2J", 'Ping'], 'x', new Terminal())));
        self::assertTrue(Hostile::isHarmless(self::outputOf(["\e[2J"], 'x', new Terminal())));
    }

    /** @param list<string> $command */
    private static function outputOf(array $command, string $name, Terminal $terminal): string
    {
        $output = fopen('php://memory', 'w+b') ?: self::fail('no memory');
        $headers = ['Channel' => "Local/{$name}", 'CallerIDName' => $name];
        $fake = new FakeAsterisk(['pbx1']);
        $fake->respond('QueueStatus', ['events' => [['Event' => 'QueueEntry', ...$headers]]]);
        $fake->respond('Getvar', ['Value' => $name, ...$headers]);
        $fake->respond('Refused', ['Response' => 'Error', 'Message' => $name]);
        $fake->respond('Command', ['Output' => [$name, "secret={$name}"]]);
        $fake->respond('Originate', ['Response' => 'Error', 'Message' => $name]);
        $connect = static function () use ($fake, $headers): AmiClientManager {
            $manager = $fake->manager();
            $manager->onStateChange(static function (string $key, ConnectionState $from, ConnectionState $to) use (
                $fake,
                $headers,
            ): void {
                if ($to === ConnectionState::Ready) {
                    $fake->emit($key, 'Newchannel', $headers);
                }
            });

            return $manager;
        };
        $environment = ['AMI_HOST' => 'pbx1.example', 'AMI_USERNAME' => 'admin', 'AMI_SECRET' => 's3cret'];
        new Application(new Console($output, $output, $environment, $connect, $terminal))->run($command);
        rewind($output);

        return (string) stream_get_contents($output);
    }
}
