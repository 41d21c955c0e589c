<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Command;
use Apn\AmiClient\Actions\DBDelTree;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\DialplanExtensionAdd;
use Apn\AmiClient\Actions\DialplanExtensionRemove;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Exception\ResponseTooLargeException;
use PHPUnit\Framework\Attributes\DataProvider;

final class CommandTest extends RealTestCase
{
    /** Lines that mean something at the start of a line of AMI. */
    private const array HOSTILE = [
        'Event: Hangup',
        'Response: Error',
        'ActionID: somebody:else:1',
        'EventList: start',
        '--END COMMAND--',
        'Output: twice',
        'colons: all: the: way',
        'no colon',
    ];

    /** @return iterable<string, array{int, string}> */
    public static function commands(): iterable
    {
        foreach (self::versions() as $name => [$version]) {
            foreach ([
                'core show version',
                'core show functions',
                'core show applications',
                'core show application Dial',
                'core show help',
                'dialplan show',
                'core show codecs',
            ] as $command) {
                yield "{$command} on {$name}" => [$version, $command];
            }
        }
    }

    #[DataProvider('commands')]
    public function testTheOutputIsWhatTheConsolePrints(int $version, string $command): void
    {
        $server = $this->asterisk($version);
        $response = $this->ask($this->connect($server), new Command($command));

        self::assertTrue($response->success);
        self::assertSame(self::lines($server->console($command)), self::lines((string) $response->getOutput()));
    }

    #[DataProvider('versions')]
    public function testThousandsOfLinesComeWholeAndInOrder(int $version): void
    {
        $ami = $this->connect($this->asterisk($version), options: new ClientOptions(maxFrameSize: 16_777_216));
        $expected = $this->fillDatabase($ami, 12_000);

        $output = (string) $this->ask($ami, new Command('database show lines'))->getOutput();

        self::assertGreaterThan(1_048_576, \strlen($output));
        self::assertSame([...$expected, '12000 results found.'], self::lines($output));
        $this->ask($ami, new DBDelTree(family: 'lines'));
    }

    #[DataProvider('versions')]
    public function testOutputAboveTheCapFailsItsActionAndNothingElse(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $sessions = Sessions::of($ami->default());
        $this->fillDatabase($ami, 12_000);

        try {
            $this->ask($ami, new Command('database show lines'));
            self::fail('more than a mebibyte came in one frame');
        } catch (ResponseTooLargeException $tooLarge) {
            self::assertSame('pbx', $tooLarge->serverKey);
        }

        $this->ask($ami, new Ping());
        self::assertSame([], $sessions->states);
        $this->ask($ami, new DBDelTree(family: 'lines'));
    }

    #[DataProvider('versions')]
    public function testAThousandContextsOfTheDialplanAreAllShown(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $contexts = array_map(static fn(int $number): string => "made-{$number}", range(1, 1_000));
        $added = array_map(
            static fn(string $context): DialplanExtensionAdd => new DialplanExtensionAdd(
                context: $context,
                extension: '100',
                priority: 1,
                application: 'NoOp',
                applicationData: "in {$context}",
            ),
            $contexts,
        );
        $this->askAll($ami, $added);

        $output = (string) $this->ask($ami, new Command('dialplan show'))->getOutput();

        preg_match_all("/^\[ Context '(made-\d+)' .*\]\n  '100' => .* 1\. NoOp\(in (made-\d+)\) /m", $output, $shown);
        self::assertSame($shown[1], $shown[2]);
        self::assertEqualsCanonicalizing($contexts, $shown[1]);
        self::assertMatchesRegularExpression(
            '/^-= \d+ extensions \(\d+ priorities\) in 1\d\d\d contexts\. =-$/m',
            $output,
        );
        $this->askAll($ami, array_map(
            static fn(string $context): DialplanExtensionRemove => new DialplanExtensionRemove($context, '100'),
            $contexts,
        ));
    }

    #[DataProvider('versions')]
    public function testACommandThatPrintsNothingHasAnEmptyOutput(int $version): void
    {
        $response = $this->ask($this->connect($this->asterisk($version)), new Command('manager reload'));

        self::assertTrue($response->success);
        self::assertSame('', $response->getOutput());
    }

    #[DataProvider('versions')]
    public function testACommandThatDoesNotExistFailsWithWhatWasPrinted(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $refused = $this->refusal($ami, new Command('no such command'));

        self::assertStringStartsWith("No such command 'no such command'", (string) $refused->response->getOutput());
        self::assertFalse($refused->isRetrySafe());
    }

    #[DataProvider('versions')]
    public function testACommandThatAsteriskForbidsOverAmiIsRefused(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $refused = $this->refusal($ami, new Command('module unload app_dial.so'));

        self::assertSame('Command blacklisted', $refused->response->getMessage());
        self::assertNull($refused->response->getOutput());
    }

    /** @return list<string> what `database show lines` says of them */
    private function fillDatabase(AmiClientManager $ami, int $count): array
    {
        $puts = [];
        $lines = [];
        for ($number = 0; $number < $count; ++$number) {
            $key = sprintf('%05d', $number);
            $value = self::HOSTILE[$number % \count(self::HOSTILE)] . str_repeat(' and more', 8);
            $puts[] = new DBPut(family: 'lines', key: $key, val: $value);
            $lines[] = sprintf('%-50s: %s', "/lines/{$key}", $value);
        }
        $this->askAll($ami, $puts);

        return $lines;
    }

    /** @return list<string> */
    private static function lines(string $text): array
    {
        return array_map(rtrim(...), explode("\n", rtrim($text)));
    }
}
