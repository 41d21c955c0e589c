<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Getvar;
use Apn\AmiClient\Actions\MessageSend;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\PJSIPNotify;
use Apn\AmiClient\Actions\Setvar;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\Tests\Real\Server\Phone;
use PHPUnit\Framework\Attributes\DataProvider;

/** What is given to a variable is what Asterisk has in it afterwards, byte for byte. */
final class VariablesTest extends RealTestCase
{
    /** Everything that astman_get_variables and the argument splitter of main/app.c do something with. */
    private const array HOSTILE = [
        'a,b',
        ',',
        ',,leading and trailing,',
        '"quoted"',
        'one " alone',
        '""',
        'back\\slash',
        '\\',
        '\\\\',
        'ends with \\',
        '\\,',
        '\\"',
        'C:\\new\\table',
        '(a,b)',
        '(opened',
        'closed)',
        '[a,b]',
        '[opened',
        'closed]',
        '{a,b}',
        "it's",
        'a=b=c',
        '${EXTEN}',
        '$[1 + 1]',
        ';not a comment',
        'Event: Hangup',
        '<sip:alice@example.org>;tag=1',
        '%2C&|~^*?!#@',
        'Ünïcödé, "✓" (日本) [語] \\',
        "latin-1 \xE9\xFC",
        "tab\tinside",
        'inner  blanks',
        '  blanks around  ',
        '',
    ];

    private const string HOSTILE_IN_SIP = 'a,b "q" \\z (c,d) [e,f] Ünï; x=1';

    #[DataProvider('versions')]
    public function testHostileValuesReachTheChannelAsTheyAre(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $variables = [];
        foreach (self::HOSTILE as $number => $value) {
            $variables["HOSTILE_{$number}"] = $value;
        }

        $channel = $this->call($ami, self::originate($variables));

        self::assertSame($variables, $this->read($ami, $channel, array_keys($variables)));
    }

    #[DataProvider('versions')]
    public function testAVariableMayFillALineAndNotMore(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $longest = str_repeat('x', 1_022 - \strlen('Variable: LONG='));

        $channel = $this->call($ami, self::originate(['LONG' => $longest]));

        self::assertSame(['LONG' => $longest], $this->read($ami, $channel, ['LONG']));
        $this->expectException(InvalidActionException::class);
        $ami->send(self::originate(['LONG' => "{$longest}x"]));
    }

    #[DataProvider('versions')]
    public function testAsManyVariablesAsAnActionHasLinesArrive(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        // Action and ActionID are two of the 128 lines.
        $room = 128 - 2 - \count(self::originate([])->getParameters());
        $variables = [];
        for ($number = 0; $number < $room; ++$number) {
            $variables["V{$number}"] = "value, {$number}";
        }

        $channel = $this->call($ami, self::originate($variables));

        self::assertSame($variables, $this->read($ami, $channel, array_keys($variables)));
        $this->expectException(InvalidActionException::class);
        $ami->send(self::originate([...$variables, 'ONE_MORE' => '']));
    }

    #[DataProvider('versions')]
    public function testSetvarSendsWhatItIsGiven(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $channel = $this->call($ami, self::originate([]));

        foreach (self::HOSTILE as $value) {
            $this->ask($ami, new Setvar(variable: 'HOSTILE', value: $value, channel: $channel));
            // Asterisk takes blanks before a header's value for its own.
            self::assertSame(['HOSTILE' => ltrim($value, ' ')], $this->read($ami, $channel, ['HOSTILE']));
        }
    }

    /** Escaped as for Originate this would ask for the format "0\,UTC\,%Y". */
    #[DataProvider('versions')]
    public function testAFunctionOfGetvarGetsItsArguments(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        self::assertSame('1970', $this->ask($ami, new Getvar('STRFTIME(0,UTC,%Y)'))->get('Value'));
    }

    #[DataProvider('versions')]
    public function testHostileHeadersOfANotifyReachThePhone(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server);
        $phone = new Phone($server, 'desk');

        $this->ask($ami, new PJSIPNotify(uri: $phone->uri(), variable: [
            'Event' => 'test',
            'X-Hostile' => self::HOSTILE_IN_SIP,
            'Content-Type' => 'text/plain',
            'Content' => 'a,"b"',
        ]));

        $notify = $phone->take('NOTIFY');
        self::assertSame(self::HOSTILE_IN_SIP, $notify['headers']['x-hostile']);
        self::assertSame('a,"b"', rtrim($notify['body']));
    }

    #[DataProvider('versions')]
    public function testHostileHeadersOfAMessageReachThePhone(int $version): void
    {
        $server = $this->asterisk($version);
        $ami = $this->connect($server);
        $phone = new Phone($server, 'desk');

        $this->ask($ami, new MessageSend(to: "pjsip:{$phone->uri()}", from: 'pjsip:pbx', body: 'a, "b"', variable: [
            'X-Hostile' => self::HOSTILE_IN_SIP,
        ]));

        $message = $phone->take('MESSAGE');
        self::assertSame(self::HOSTILE_IN_SIP, $message['headers']['x-hostile']);
        self::assertSame('a, "b"', $message['body']);
    }

    /** @param array<string, string> $variables */
    private static function originate(array $variables): Originate
    {
        return new Originate(
            channel: 'Local/100@answer',
            exten: '200',
            context: 'answer',
            priority: 1,
            async: true,
            variable: $variables,
        );
    }

    /** Starts a call and gives the name of its channel. */
    private function call(AmiClientManager $ami, Originate $originate): string
    {
        $response = self::complete($this->ask($ami, $originate));
        self::assertSame('Success', $response->get('Response'));

        return (string) $response->get('Channel');
    }

    /**
     * @param list<string> $names
     *
     * @return array<string, string|null>
     */
    private function read(AmiClientManager $ami, string $channel, array $names): array
    {
        $values = [];
        foreach ($names as $name) {
            $values[$name] = $this->ask($ami, new Getvar($name, $channel))->get('Value');
        }

        return $values;
    }
}
