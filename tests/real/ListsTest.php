<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\DBDelTree;
use Apn\AmiClient\Actions\DBGetTree;
use Apn\AmiClient\Actions\DBPut;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\Response;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use Apn\AmiClient\Tests\Real\Server\Phone;
use PHPUnit\Framework\Attributes\DataProvider;

/** Every action of the server that answers with a list, with something in it and with nothing. */
final class ListsTest extends RealTestCase
{
    /** Nothing that a test can do fills these. */
    private const array ALWAYS_EMPTY = ['PJSIPShowSubscriptionsOutbound'];

    /** Asterisk puts something into these by itself. */
    private const array NEVER_EMPTY = ['BridgeTechnologyList', 'Parkinglots', 'ShowDialPlan'];

    /** How an empty list is told where it is not the start and the end of a list with nothing between. */
    private const array EMPTY_IS_REFUSED = [
        'BridgeInfo' => 'Specified BridgeUniqueid not found',
        'ConfbridgeList' => 'No active conferences.',
        'ConfbridgeListRooms' => 'No active conferences.',
        'CoreShowChannelMap' => 'Could not get channel snapshot',
        'DBGet' => 'Database entry not found',
        'PJSIPShowAors' => 'No AORs found',
        'PJSIPShowAuths' => 'No Auths found',
        'PJSIPShowContacts' => 'No Contacts found',
        'PJSIPShowEndpoint' => 'Unable to retrieve endpoint carol',
        'PJSIPShowEndpoints' => 'No endpoints found',
        'PJSIPShowResourceLists' => 'No resource lists found',
    ];

    /** These succeed without having announced a list. */
    private const array EMPTY_IS_NO_LIST = [
        'VoicemailBoxSummary' => 'There is no voicemail user matching the given user.',
        'VoicemailUsersList' => 'There are no voicemail users currently defined.',
        'VoicemailUserStatus' => 'There is no voicemail user of the given info.',
    ];

    /** What the lists need to be told, unless it depends on the calls of the moment. */
    private const array PARAMETERS = [
        'ConfbridgeList' => ['Conference' => '100'],
        'DBGet' => ['Family' => 'lists', 'Key' => 'one'],
        'DBGetTree' => ['Family' => 'lists'],
        'Hangup' => ['Channel' => '/Local.*/'],
        'PJSIPHangup' => ['Channel' => '/PJSIP.*/'],
        'PJSIPShowEndpoint' => ['Endpoint' => 'carol'],
        'VoicemailBoxSummary' => ['Context' => 'default', 'Mailbox' => '1234'],
        'VoicemailUserStatus' => ['Context' => 'default', 'Mailbox' => '1234'],
    ];

    /** @var array<int, Asterisk> */
    private static array $bare = [];

    #[\Override]
    public static function tearDownAfterClass(): void
    {
        foreach (self::$bare as $server) {
            $server->stop();
        }
        self::$bare = [];
    }

    #[DataProvider('versions')]
    public function testEveryListOfABusyServerComesWhole(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server);
        $this->makeBusy($ami, $server);
        $bridge = $this->bridgeOfTheDial($ami);
        $bridged = $this->ask($ami, 'BridgeInfo', ['BridgeUniqueid' => $bridge])->getEvents()[0];
        $parameters = [
            ...self::PARAMETERS,
            'BridgeInfo' => ['BridgeUniqueid' => $bridge],
            'CoreShowChannelMap' => ['Channel' => (string) $bridged->get('Channel')],
        ];

        $lists = self::hangupsLast(ListActions::of($ami));
        self::assertGreaterThan(30, \count($lists));
        foreach ($lists as $action => ['items' => $names, 'end' => $end]) {
            $response = $this->ask($ami, $action, $parameters[$action] ?? []);

            $items = $response->getEvents();
            self::assertSame($end, self::complete($response)->name, $action);
            self::assertSame(self::countIn($action, $items), self::complete($response)->int('ListItems'), $action);
            self::assertSame(\in_array($action, self::ALWAYS_EMPTY, true), $items === [], $action);
            foreach ($items as $item) {
                self::assertContains($item->name, $names, $action);
                // IAXpeers alone forgets to say whose they are.
                self::assertSame($action !== 'IAXpeers', $item->getActionId() === $response->getActionId(), $action);
            }
        }
    }

    #[DataProvider('versions')]
    public function testEveryListOfABareServerIsEmpty(int $version): void
    {
        $server = self::bare($version);
        $ami = $this->connect($server);
        $parameters = [
            ...self::PARAMETERS,
            'BridgeInfo' => ['BridgeUniqueid' => 'none'],
            'CoreShowChannelMap' => ['Channel' => 'none'],
        ];

        foreach (array_keys(ListActions::of($ami)) as $action) {
            $response = $this->askAnyway($ami, $action, $parameters[$action] ?? []);

            $message = self::EMPTY_IS_REFUSED[$action] ?? self::EMPTY_IS_NO_LIST[$action] ?? null;
            self::assertSame(!isset(self::EMPTY_IS_REFUSED[$action]), $response->success, $action);
            self::assertSame(\in_array($action, self::NEVER_EMPTY, true), $response->getEvents() !== [], $action);
            if ($message !== null) {
                self::assertSame($message, trim((string) $response->getMessage()), $action);
                self::assertNull($response->getCompleteEvent(), $action);
                continue;
            }
            // Asterisk 16 counts one for an empty DBGetTree.
            $count = $action === 'DBGetTree' && $version === 16 ? 1 : \count($response->getEvents());
            self::assertSame($count, self::complete($response)->int('ListItems'), $action);
        }
    }

    #[DataProvider('versions')]
    public function testALongListComesWholeAndInOrder(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $expected = [];
        $stored = [];
        for ($number = 0; $number < 5_000; ++$number) {
            $key = sprintf('%05d', $number);
            $expected["/long/{$key}"] = "value {$number}";
            $stored[] = new DBPut(family: 'long', key: $key, val: "value {$number}");
        }
        $this->askAll($ami, $stored);

        $values = [];
        foreach ($this->ask($ami, new DBGetTree(family: 'long'))->getEvents() as $item) {
            $values[(string) $item->get('Key')] = $item->get('Val');
        }

        self::assertSame($expected, $values);
        $this->ask($ami, new DBDelTree(family: 'long'));
    }

    /** Brings about one of everything that a list can show. */
    private function makeBusy(AmiClientManager $ami, Asterisk $server): void
    {
        $arrived = [];
        $ami->onEvent([
            'QueueCallerJoin',
            'ConfbridgeJoin',
            'ParkedCall',
            'BridgeEnter',
            'FAXStatus',
            'Newstate',
        ], static function (AmiEvent $event) use (&$arrived): void {
            $isRinging = $event->name !== 'Newstate' || str_starts_with((string) $event->get('Channel'), 'PJSIP/');
            $arrived[$event->name] = $isRinging || isset($arrived[$event->name]);
        });
        $phone = new Phone($server, 'bob');
        self::assertSame(200, $phone->register());
        self::assertSame(200, $phone->subscribe('701'));
        foreach ([
            'Local/100@waiting/n',
            'Local/100@conference/n',
            'Local/100@park/n',
            'Local/100@dial/n',
            'Local/100@fax/n',
            'PJSIP/bob',
        ] as $channel) {
            $ami->send(new Originate(channel: $channel, exten: '200', context: 'answer', priority: 1, async: true));
        }
        $this->ask($ami, 'DBPut', ['Family' => 'lists', 'Key' => 'one', 'Val' => '1']);
        $this->ask($ami, 'Setvar', ['Variable' => 'DEVICE_STATE(Custom:lamp701)', 'Value' => 'INUSE']);
        $this->ask($ami, 'Setvar', ['Variable' => 'PRESENCE_STATE(CustomPresence:bob)', 'Value' => 'away,,lunch']);
        if ($server->version >= 20) {
            $this->ask($ami, 'PJSIPSetMaintenance', ['Endpoint' => 'alice', 'State' => 'on']);
            self::leaveVoicemail($server);
        }
        $this->tickUntil(
            $ami,
            static function () use (&$arrived): bool {
                return \count(array_filter($arrived)) === 6;
            },
            'all calls are where they should be',
        );
    }

    private function bridgeOfTheDial(AmiClientManager $ami): string
    {
        foreach ($this->ask($ami, 'BridgeList')->getEvents() as $bridge) {
            if ($bridge->get('BridgeType') === 'basic') {
                return (string) $bridge->get('BridgeUniqueid');
            }
        }
        self::fail('nobody talks to anybody');
    }

    /** A message in the mailbox 1234@default, as app_voicemail keeps it. */
    private static function leaveVoicemail(Asterisk $server): void
    {
        $inbox = "{$server->folder}/spool/voicemail/default/1234/INBOX";
        if (!is_dir($inbox)) {
            mkdir($inbox, recursive: true);
        }
        file_put_contents("{$inbox}/msg0000.txt", "[message]\norigmailbox=1234\nmsg_id=1\n");
        file_put_contents("{$inbox}/msg0000.wav", '');
    }

    /** A server with nothing configured. */
    private static function bare(int $version): Asterisk
    {
        if (self::$bare === []) {
            self::$bare = Asterisk::startBoth(self::bareConfiguration());
        }

        return self::$bare[$version];
    }

    /** @return array<string, string> */
    private static function bareConfiguration(): array
    {
        $templates = \dirname(__DIR__, 2) . '/tools/asterisk.d';
        $config = ['extensions.ael' => '', 'extensions.lua' => "extensions = {}\n"];
        foreach (['agents', 'extensions', 'iax', 'pjsip', 'queues', 'sip', 'skinny', 'users', 'voicemail'] as $name) {
            $template = "{$templates}/{$name}.conf";
            $text = is_file($template) ? (string) file_get_contents($template) : "[general]\n";
            // The first section, without the registrations in it.
            preg_match('/^\[[^[]*/m', (string) preg_replace('/^register.*$/m', '', $text), $section);
            $config["{$name}.conf"] = $name === 'agents' ? "[general]\n" : $section[0] ?? '';
        }

        return $config;
    }

    /**
     * @template T
     *
     * @param array<string, T> $lists
     *
     * @return array<string, T>
     */
    private static function hangupsLast(array $lists): array
    {
        uksort(
            $lists,
            static fn(string $a, string $b): int => str_ends_with($a, 'Hangup') <=> str_ends_with($b, 'Hangup'),
        );

        return $lists;
    }

    /** @param list<AmiEvent> $items */
    private static function countIn(string $action, array $items): int
    {
        // Asterisk lists the account of a registration after it, and counts registrations only.
        return $action === 'PJSIPShowRegistrationsOutbound'
            ? \count(array_filter($items, static fn(AmiEvent $item): bool => $item->name !== 'AuthDetail'))
            : \count($items);
    }

    /** @param array<string, scalar> $parameters */
    private function askAnyway(AmiClientManager $ami, string $action, array $parameters): Response
    {
        try {
            return $this->ask($ami, $action, $parameters);
        } catch (ActionErrorResponseException $refused) {
            return $refused->response;
        }
    }
}
