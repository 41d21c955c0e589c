<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

/** Asterisk escapes some headers of some messages: whoever reads them gets what was meant. */
final class EscapesTest extends RealTestCase
{
    private const string HOSTILE = 'O\'Br"ien \\n \\\\ü, (a) [b] ${X}?';

    /** Asterisk's words for nothing. */
    private const array FILLERS = ['', '<unknown>', '(null)'];

    /** @var array<string, true> */
    private array $read = [];

    /** @var array<string, string> */
    private array $misread = [];

    /** @return iterable<string, array{int, string, string, string, list<string>}> */
    public static function calls(): iterable
    {
        $scenes = [
            // context, event that says that the call is where it should be, list action, where the name must have been seen
            [
                'dial',
                'BridgeEnter',
                'Status',
                [
                    'BridgeEnter/CallerIDName',
                    'BridgeEnter/ChanVariable',
                    'DialBegin/CallerIDName',
                    'DialBegin/DestConnectedLineName',
                    'LocalBridge/LocalOneCallerIDName',
                    'LocalBridge/LocalTwoChanVariable',
                    'NewCallerid/CallerIDName',
                    'Newexten/ChanVariable',
                    'VarSet/Value',
                    'Status/CallerIDName',
                    'Status/ConnectedLineName',
                    'Status/EffectiveConnectedLineName',
                    'Status/ChanVariable',
                    'Status/Variable',
                    'CoreShowChannel/CallerIDName',
                ],
            ],
            ['waiting', 'QueueCallerJoin', 'QueueStatus', ['QueueCallerJoin/CallerIDName', 'QueueEntry/CallerIDName']],
            [
                'conference',
                'ConfbridgeJoin',
                'ConfbridgeList',
                ['ConfbridgeJoin/CallerIDName', 'ConfbridgeList/CallerIDName'],
            ],
            [
                'park',
                'ParkedCall',
                'ParkedCalls',
                ['ParkedCall/ParkeeCallerIDName', 'ParkedCall/ParkeeConnectedLineName'],
            ],
        ];
        foreach (self::versions() as $name => [$version]) {
            foreach ($scenes as [$context, $arrival, $list, $expected]) {
                yield "{$context} on {$name}" => [$version, $context, $arrival, $list, $expected];
            }
        }
    }

    /** @param list<string> $expected */
    #[DataProvider('calls')]
    public function testANameIsReadAlikeInEveryMessageOfACall(
        int $version,
        string $context,
        string $arrival,
        string $list,
        array $expected,
    ): void {
        $ami = $this->connect($this->asterisk($version));
        $ami->onEvent('*', $this->read(...));
        $arrivals = Heard::by($ami, $arrival);

        $this->ask(
            $ami,
            new Originate(
                // With /n the two halves of the Local channel stay.
                channel: "Local/100@{$context}/n",
                exten: '200',
                context: 'answer',
                priority: 1,
                async: true,
                variable: [
                    'CALLERID(name)' => self::HOSTILE,
                    'CONNECTEDLINE(name)' => self::HOSTILE,
                    '__NOTE' => self::HOSTILE,
                ],
            ),
        );
        $this->tickUntil($ami, static fn(): bool => \count($arrivals) > 0, "{$arrival} came");
        foreach (['CoreShowChannels', $list] as $action) {
            $answer = $this->ask($ami, $action, ['Conference' => '100', 'Variables' => 'NOTE']);
            array_map($this->read(...), $answer->getEvents());
        }

        self::assertSame([], $this->misread);
        self::assertSame([], array_values(array_diff($expected, array_keys($this->read))));
    }

    /** Here the name is Asterisk's own copy of what the action said, which nobody escapes. */
    #[DataProvider('versions')]
    public function testTheAnswerToAnOriginateIsReadAlike(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $originate = new Originate(
            channel: 'Local/100@answer',
            application: 'Wait',
            data: '10',
            callerId: '"O\'Br\\"ien" <123>',
            async: true,
        );
        $names = Heard::by($ami, 'NewCallerid', ['Uniqueid' => $originate->channelId]);

        $answer = self::complete($this->ask($ami, $originate));

        self::assertSame('O\'Br"ien', $answer->get('CallerIDName'));
        self::assertSame('123', $answer->get('CallerIDNum'));
        // Asterisk sends the two by different ways: the answer may come before the event.
        $this->tickUntil($ami, static fn(): bool => \count($names) > 0, 'the name was told');
        self::assertSame('O\'Br"ien', $names->take()->get('CallerIDName'));
    }

    /** Keeps where the hostile text was, and what else was where it should be. */
    private function read(AmiEvent $event): void
    {
        foreach ($event->getRawHeaders() as [$header, $raw]) {
            $isText = match (true) {
                $header === 'Variable' => $event->name === 'Status',
                $header === 'Value' => ltrim((string) $event->get('Variable'), '_') === 'NOTE',
                default => preg_match('/(CallerIDName|ConnectedLineName|ChanVariable|\))$/i', $header) === 1,
            };
            if (!$isText) {
                continue;
            }
            foreach ($event->all($header) as $value) {
                $text = str_starts_with($value, 'NOTE=') ? substr($value, 5) : $value;
                if ($text === self::HOSTILE) {
                    $this->read["{$event->name}/{$header}"] = true;
                } elseif (!\in_array($text, self::FILLERS, true)) {
                    $this->misread["{$event->name}/{$header}"] = "{$value} from {$raw}";
                }
            }
        }
    }
}
