<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Recording;

use Apn\AmiClient\Recording\Headers;
use Apn\AmiClient\Recording\Redactor;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class RedactorTest extends TestCase
{
    /** @return iterable<string, array{list<array{string, string}>, list<array{string, string}>}> */
    public static function messages(): iterable
    {
        yield 'a secret of Asterisk' => [
            [['AuthSecret', 'x'], ['PASSWORD', 'y']],
            [['AuthSecret', '***'], ['PASSWORD', '***']],
        ];
        yield 'a new password of a mailbox' => [[['NewPassword', '1234']], [['NewPassword', '***']]];
        yield 'what can be tried against a hash' => [
            [
                ['Challenge',        '1'],
                ['ExpectedResponse', 'a'],
                ['ReceivedHash',     'b'],
            ],
            [
                ['Challenge',        '***'],
                ['ExpectedResponse', '***'],
                ['ReceivedHash',     '***'],
            ],
        ];
        yield 'a name given' => [[['Pin', '1234']], [['Pin', '***']]];
        yield 'a variable by its name' => [
            [
                ['Variable',              'CARD_NUMBER=4111'],
                ['ChanVariable(PJSIP/a)', '__card_cvc=1'],
                ['ChanVariable',          'NAME=Bob'],
            ],
            [
                ['Variable',              'CARD_NUMBER=***'],
                ['ChanVariable(PJSIP/a)', '__card_cvc=***'],
                ['ChanVariable',          'NAME=Bob'],
            ],
        ];
        yield 'an assignment in the dialplan' => [
            [
                ['Application', 'Set'],
                ['AppData',     'CARD_NUMBER=4111=1'],
            ],
            [
                ['Application', 'Set'],
                ['AppData',     'CARD_NUMBER=***'],
            ],
        ];
        yield 'a variable and its value apart' => [
            [
                ['Event',    'VarSet'],
                ['Value',    '4111'],
                ['Variable', 'CARD_NUMBER'],
            ],
            [
                ['Event',    'VarSet'],
                ['Value',    '***'],
                ['Variable', 'CARD_NUMBER'],
            ],
        ];
        yield 'what is no secret' => [
            [
                ['Variable', 'NAME'],
                ['Value',    '4111'],
                ['Key',      'cidname'],
                ['Channel',  'card_number'],
            ],
            [
                ['Variable', 'NAME'],
                ['Value',    '4111'],
                ['Key',      'cidname'],
                ['Channel',  'card_number'],
            ],
        ];
        yield 'a name of which the given one is a part' => [[['Pinned', 'yes']], [['Pinned', 'yes']]];
    }

    /**
     * @param list<array{string, string}> $headers
     * @param list<array{string, string}> $expected
     */
    #[DataProvider('messages')]
    public function testSecretsAreHidden(array $headers, array $expected): void
    {
        self::assertSame($expected, new Redactor(['pin', 'card_*'])->headers(new Headers($headers))->pairs);
    }
}
