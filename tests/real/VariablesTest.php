<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Getvar;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
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

    #[DataProvider('versions')]
    public function testHostileValuesReachTheChannelAsTheyAre(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));
        $variables = [];
        foreach (self::HOSTILE as $number => $value) {
            $variables["HOSTILE_{$number}"] = $value;
        }

        $channel = $this->call(
            $ami,
            new Originate(
                channel: 'Local/100@answer',
                exten: '200',
                context: 'answer',
                priority: 1,
                async: true,
                variable: $variables,
            ),
        );

        self::assertSame($variables, $this->read($ami, $channel, array_keys($variables)));
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
