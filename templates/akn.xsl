<?xml version="1.0" encoding="UTF-8"?>
<!-- Akoma Ntoso 3.0 (OASIS LegalDocML) from a document of the kind urn:tro:text:1, described in
     own-words.xsl: numbers the paragraphs from first to last, gives everything its address and says
     who made what when. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
	xmlns:t="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="t tro">
	<xsl:output method="xml" encoding="UTF-8" indent="yes"/>
	<xsl:strip-space elements="t:text t:section t:corner t:addressee t:table t:head t:row"/>
	<xsl:param name="case-id"/>
	<xsl:param name="training"/>
	<xsl:param name="marking"/>

	<xsl:template match="t:text">
		<akomaNtoso>
			<doc name="{@name}">
				<xsl:apply-templates select="." mode="meta"/>
				<preface>
					<xsl:if test="$training = 'yes'">
						<p class="training">TRAINING: not a real case. Nothing in this document binds anybody.</p>
					</xsl:if>
					<xsl:if test="$marking != ''">
						<p class="marking"><xsl:value-of select="$marking"/></p>
					</xsl:if>
					<xsl:apply-templates select="t:corner/t:line"/>
					<xsl:apply-templates select="t:court|t:claim|t:matter|t:party|t:addressee/t:line"/>
					<p class="title"><docTitle><xsl:value-of select="@title"/></docTitle></p>
					<xsl:if test="@subtitle">
						<p class="subtitle"><xsl:value-of select="@subtitle"/></p>
					</xsl:if>
					<xsl:apply-templates select="t:banner"/>
				</preface>
				<mainBody>
					<xsl:apply-templates select="t:intro|t:section"/>
				</mainBody>
			</doc>
		</akomaNtoso>
	</xsl:template>

	<!-- ==== meta ==== -->
	<xsl:template match="t:text" mode="meta">
		<xsl:variable name="work" select="concat('/akn/gb/doc/', @name, '/', @date, '/', $case-id, '/', @part)"/>
		<meta>
			<identification source="#tro">
				<FRBRWork>
					<FRBRthis value="{$work}/!main"/>
					<FRBRuri value="{$work}"/>
					<FRBRdate date="{@date}" name="made"/>
					<FRBRauthor href="#force"/>
					<FRBRcountry value="gb"/>
					<FRBRsubtype value="{@name}"/>
				</FRBRWork>
				<FRBRExpression>
					<FRBRthis value="{$work}/eng@{@date}/!main"/>
					<FRBRuri value="{$work}/eng@{@date}"/>
					<FRBRdate date="{@date}" name="made"/>
					<FRBRauthor href="#force"/>
					<FRBRlanguage language="eng"/>
				</FRBRExpression>
				<FRBRManifestation>
					<FRBRthis value="{$work}/eng@{@date}/!main.xml"/>
					<FRBRuri value="{$work}/eng@{@date}.xml"/>
					<FRBRdate date="{@date}" name="made"/>
					<FRBRauthor href="#tro"/>
				</FRBRManifestation>
			</identification>
			<references source="#tro">
				<TLCOrganization eId="force" href="/akn/ontology/organization/gb/{@force}" showAs="{@author}"/>
				<TLCObject eId="tro" href="/akn/ontology/object/gb/tro" showAs="tro"/>
			</references>
		</meta>
	</xsl:template>

	<!-- ==== heading ==== -->
	<xsl:template match="t:corner/t:line"><p class="corner"><xsl:apply-templates/></p></xsl:template>
	<xsl:template match="t:addressee/t:line"><p class="addressee"><xsl:apply-templates/></p></xsl:template>
	<xsl:template match="t:court"><p class="court"><xsl:apply-templates/></p></xsl:template>
	<xsl:template match="t:claim">
		<p class="claim">Claim no. <docketNumber><xsl:apply-templates/></docketNumber></p>
	</xsl:template>
	<xsl:template match="t:matter"><p class="matter"><xsl:apply-templates/></p></xsl:template>
	<xsl:template match="t:party">
		<p class="party"><xsl:apply-templates/><span class="role"><xsl:value-of select="concat(' ', @role)"/></span></p>
	</xsl:template>
	<xsl:template match="t:banner"><p class="banner"><xsl:apply-templates/></p></xsl:template>

	<!-- ==== body ==== -->
	<xsl:template match="t:intro">
		<xsl:variable name="n"><xsl:number level="any" count="t:intro"/></xsl:variable>
		<hcontainer name="recital" eId="rec_{$n}"><content><p><xsl:apply-templates/></p></content></hcontainer>
	</xsl:template>

	<xsl:template match="t:section">
		<xsl:variable name="n"><xsl:number level="any" count="t:section"/></xsl:variable>
		<section eId="sec_{$n}">
			<xsl:if test="@title"><heading><xsl:value-of select="@title"/></heading></xsl:if>
			<xsl:apply-templates/>
		</section>
	</xsl:template>

	<xsl:template match="t:para">
		<xsl:variable name="n"><xsl:number level="any" count="t:para"/></xsl:variable>
		<paragraph eId="para_{$n}">
			<num><xsl:value-of select="concat($n, '.')"/></num>
			<xsl:choose>
				<xsl:when test="t:sub">
					<intro><p><xsl:apply-templates select="node()[not(self::t:sub)]"/></p></intro>
					<xsl:apply-templates select="t:sub"><xsl:with-param name="n" select="$n"/></xsl:apply-templates>
				</xsl:when>
				<xsl:otherwise>
					<content><p><xsl:if test="@own"><xsl:attribute name="class">own</xsl:attribute></xsl:if><xsl:apply-templates/></p></content>
				</xsl:otherwise>
			</xsl:choose>
		</paragraph>
	</xsl:template>

	<xsl:template match="t:sub">
		<xsl:param name="n"/>
		<xsl:variable name="letter"><xsl:number count="t:sub" format="a"/></xsl:variable>
		<subparagraph eId="para_{$n}__subpara_{$letter}">
			<num><xsl:value-of select="concat('(', $letter, ')')"/></num>
			<content><p><xsl:apply-templates/></p></content>
		</subparagraph>
	</xsl:template>

	<xsl:template match="t:plain">
		<xsl:variable name="n"><xsl:number level="any" count="t:plain"/></xsl:variable>
		<hcontainer name="text" eId="text_{$n}"><content><p><xsl:apply-templates/></p></content></hcontainer>
	</xsl:template>

	<xsl:template match="t:truth">
		<xsl:variable name="n"><xsl:number level="any" count="t:truth"/></xsl:variable>
		<hcontainer name="statementOfTruth" eId="truth_{$n}"><content><p><xsl:apply-templates/></p></content></hcontainer>
	</xsl:template>

	<xsl:template match="t:sign">
		<xsl:variable name="n"><xsl:number level="any" count="t:sign"/></xsl:variable>
		<hcontainer name="signature" eId="sign_{$n}">
			<content>
				<p class="signature">Signed: <signature><xsl:call-template name="or-blank"><xsl:with-param name="text" select="@name"/></xsl:call-template></signature></p>
				<xsl:if test="@role"><p class="signature"><xsl:value-of select="@role"/></p></xsl:if>
				<p class="signature">Date: <xsl:choose>
					<xsl:when test="string(@date) != ''"><docDate date="{@date}"><xsl:value-of select="tro:long-date(string(@date))"/></docDate></xsl:when>
					<xsl:otherwise>____________________</xsl:otherwise>
				</xsl:choose></p>
			</content>
		</hcontainer>
	</xsl:template>

	<xsl:template match="t:table">
		<xsl:variable name="n"><xsl:number level="any" count="t:table"/></xsl:variable>
		<hcontainer name="table" eId="tbl_{$n}">
			<content>
				<table eId="tbl_{$n}__table">
					<xsl:if test="@caption"><caption><xsl:value-of select="@caption"/></caption></xsl:if>
					<xsl:apply-templates select="t:head|t:row"/>
				</table>
			</content>
		</hcontainer>
	</xsl:template>
	<xsl:template match="t:head"><tr><xsl:for-each select="t:cell"><th><p><xsl:apply-templates/></p></th></xsl:for-each></tr></xsl:template>
	<xsl:template match="t:row"><tr><xsl:apply-templates select="t:cell"/></tr></xsl:template>
	<xsl:template match="t:cell">
		<td>
			<xsl:choose>
				<xsl:when test="t:line"><xsl:for-each select="t:line"><p><xsl:apply-templates/></p></xsl:for-each></xsl:when>
				<xsl:when test="string(.) = ''"><p>&#x2014;</p></xsl:when>
				<xsl:otherwise><p><xsl:apply-templates/></p></xsl:otherwise>
			</xsl:choose>
		</td>
	</xsl:template>

	<!-- ==== inline ==== -->
	<xsl:template match="t:b"><b><xsl:apply-templates/></b></xsl:template>
	<xsl:template match="t:id"><inline name="identifier" class="{@type}"><xsl:value-of select="."/></inline></xsl:template>

	<xsl:template name="or-blank">
		<xsl:param name="text"/>
		<xsl:choose>
			<xsl:when test="string($text) != ''"><xsl:value-of select="$text"/></xsl:when>
			<xsl:otherwise>____________________</xsl:otherwise>
		</xsl:choose>
	</xsl:template>
</xsl:stylesheet>
