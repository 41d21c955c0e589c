<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Tools;

use Apn\AmiClient\Tools\ActionClasses;
use Apn\AmiClient\Tools\ActionFile;
use Apn\AmiClient\Tools\EventFile;
use Apn\AmiClient\Tools\Versions;
use Apn\AmiClient\Tools\Words;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** The parser of tools/gen-actions refuses unknown lines with file and line. */
final class DataFileTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = sys_get_temp_dir() . '/data-' . bin2hex(random_bytes(8)) . '.txt';
    }

    protected function tearDown(): void
    {
        unlink($this->file);
    }

    public function testAnActionIsItsBlock(): void
    {
        file_put_contents($this->file, <<<'TEXT'
            # comment
            enum Side: left Right=r
            Turn: Turns something.
              @class call system
              @asterisk 20-22 since 20.1.0
              @answer list Step Done ends TurnComplete
              Thing* -- what to turn
              Times int s =3 -- how long
              Side enum Side
            TEXT);

        $file = ActionFile::read($this->file);
        $class = new ActionClasses($file)->files()['Turn.php'];

        self::assertSame(['Side' => ['Left' => 'left', 'Right' => 'r']], $file->enums);
        self::assertStringContainsString('Answers with a list of Step and Done, ended by TurnComplete.', $class);
        self::assertStringContainsString('Write class: call or system. Asterisk 20 to 22, new in 20.1.0.', $class);
        self::assertStringContainsString(
            '@param int|null $timesSeconds how long; Asterisk takes 3 where left out',
            $class,
        );
        self::assertStringContainsString(
            "public string \$thing,\n        public ?int \$timesSeconds = null,\n        public ?Side \$side = null,",
            $class,
        );
        self::assertStringContainsString("'Side' => \$this->side?->value,", $class);
    }

    /** @return iterable<string, array{string}> */
    public static function mistakes(): iterable
    {
        yield 'a line outside of an action' => ["  Channel\n"];
        yield 'an attribute that is none' => ["Turn: Turns.\n  @clas call\n"];
        yield 'a header that is none' => ["Turn: Turns.\n  a b c\n"];
        yield 'no versions' => ["Turn: Turns.\n  @class call\n"];
    }

    #[DataProvider('mistakes')]
    public function testAMistakeIsRefusedWithItsPlace(string $text): void
    {
        file_put_contents($this->file, $text);
        $this->expectException(\UnexpectedValueException::class);
        $this->expectExceptionMessage("{$this->file}:");

        ActionFile::read($this->file);
    }

    public function testAnEventHasTheHeadersOfItsGroups(): void
    {
        file_put_contents(
            $this->file,
            "@pair One\n  Two\n\nThing: call+user 20 22\n  @pair @pair:Dest\n  Three\nBare: answer 20-23\n",
        );

        [$thing, $bare] = EventFile::read($this->file)->events;

        self::assertSame(['One', 'Two', 'DestOne', 'DestTwo', 'Three'], $thing->headers);
        self::assertSame([['call', 'user'], [20, 22]], [$thing->classes, $thing->versions]);
        self::assertTrue($bare->isAnswer());
        self::assertSame([], $bare->headers);
    }

    public function testNamesFollowTheirWords(): void
    {
        file_put_contents($this->file, '');
        $names = [
            'CallerID',
            'DAHDIChannel',
            'Content-Type',
            'Call-ID',
            'Base64Body',
            'Channel1',
            'JID',
            'Uniqueid',
            'AOCBillingId',
            'MixMonitorID',
        ];

        self::assertSame(
            [
                'callerId',
                'dahdiChannel',
                'contentType',
                'callId',
                'base64Body',
                'channel1',
                'jid',
                'uniqueId',
                'aocBillingId',
                'mixMonitorId',
            ],
            array_map(Words::camel(...), $names),
        );
        self::assertSame('20, 22 and 23', Versions::words([20, 22, 23]));
        self::assertSame('20 to 23', Versions::words([20, 21, 22, 23]));
        self::assertSame('20', Versions::words([20]));
    }
}
